//! Certificates, signing and verifying, as the rest of the program uses them.

mod certificates;
mod fixture;
mod signing;
mod tampering;
