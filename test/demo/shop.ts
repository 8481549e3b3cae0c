/** The project of the demonstration, as it stands on `main` before anybody does anything. */
export const shopFiles: Readonly<Record<string, string>> = {
  'README.md': '# Shop\n\nOrders, refunds and receipts.\n',
  '.gitignore': 'node_modules/\n',
  'src/orders.ts': `export interface Order {
  readonly id: string;
  readonly paidCents: number;
  readonly refundedCents: number;
}

export interface Refund {
  readonly orderId: string;
  readonly cents: number;
  readonly at: number;
}
`,
  'src/receipt.ts': `import type { Order } from './orders';

/** The first line of a receipt. */
export function heading(order: Order): string {
  return \`Receipt for order \${order.id}\`;
}
`,
  'src/tax.ts': `/** Value-added tax in percent. */
export const taxPercent = 19;
`,
};

/** What an agent makes of the receipt: six lines at its end. */
export const receiptByAgent = `${shopFiles['src/receipt.ts']}
/** Everything that is printed, one entry a line. */
export function receiptLines(order: Order): string[] {
  const left = order.paidCents - order.refundedCents;
  return [heading(order), \`Paid \${order.paidCents / 100}\`, \`Left \${left / 100}\`];
}
`;

/** What another agent adds to the taxes. */
export const taxByAgent = `${shopFiles['src/tax.ts']}
/** The tax that a gross amount contains, in cents, rounded half up. */
export function containedTax(grossCents: number): number {
  return Math.round((grossCents * taxPercent) / (100 + taxPercent));
}
`;

/** What somebody found somewhere and pastes. */
export const pastedBlock = `export function formatCents(cents: number): string {
  return new Intl.NumberFormat("en", { style: "currency", currency: "EUR" }).format(cents / 100);
}
`;
