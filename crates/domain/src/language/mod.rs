//! Indonesian as it is looked through: words without case and marks, short forms in full, words without their affixes.

mod forms_of_address;
mod roots;
mod short_forms;
mod words;

pub use forms_of_address::is_form_of_address;
pub use roots::{possible_roots, root};
pub use short_forms::in_full;
pub use words::{Token, tokens, words};
