/** The exit code of the contract, set by a command that ends otherwise than well. */
export interface Outcome {
  code: number;
}
