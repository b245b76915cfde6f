//! What is measured is what it is said to be.

mod recorded;
