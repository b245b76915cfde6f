//! A fleet of laptops, a province and weeks of time, all in one process and all from one seed.
//!
//! What runs is the real thing: a [`Store`](arumbae_store::Store) per laptop, the real engine over a
//! [`Carrier`](arumbae_sync::Carrier) of ours, the real server behind its real router. Simulated are the links, the
//! clocks, the people and what goes wrong ([`Mishap`]). Whatever happens, at the end all links heal, and everything
//! that [`audit`] says must hold.
//!
//! One thing happens at a time, in the order of simulated time, so a seed played again goes the same way to the same
//! [trace hash](Outcome::trace): `cargo run -p arumbae-fleet -- --seed 7`. `make soak` plays fresh seeds until one
//! fails, and then narrows the failure down.

pub mod audit;
mod dice;
mod laptop;
mod later_version;
mod ledger;
mod link;
pub mod mishap;
pub mod narrowing;
mod office;
mod officer;
mod province_log;
mod provincial_server;
pub mod simulation;
mod trace;
mod world;

pub use laptop::PASSPHRASE;
pub use mishap::{Mishap, Plan};
pub use simulation::{Breach, Failure, Outcome, run, run_keeping};

/// The address in invitations; nobody looks it up.
const ADDRESS: &str = "https://provinsi.contoh";
