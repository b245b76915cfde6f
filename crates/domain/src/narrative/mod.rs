//! Two revisions of a narrative, compared sentence by sentence.
//!
//! No machine writes a sentence: where two people changed different sentences, what both wrote can be put together and
//! proposed to a person; where they changed the same, a person chooses.

mod comparison;
mod sentence;

pub use comparison::{Comparison, Hunk, HunkKind};
pub use sentence::sentences;
