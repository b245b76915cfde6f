//! A province to try everything in: its server, its people, and a day of their work.
//!
//! The desktop offers it as *Coba dengan data contoh*, the terminal plays it as `arumbae-cli demo`, and the tests of
//! the whole product use it. Everybody in it is invented and called Contoh.

pub mod day;
pub mod laptop;
mod province;
pub mod records;

pub use province::InProcessProvince;
