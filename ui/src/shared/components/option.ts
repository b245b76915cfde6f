/** One of several things to choose from. */
export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  /** A second, quieter text: the code of a region, the office of a person. */
  detail?: string;
  disabled?: boolean;
}
