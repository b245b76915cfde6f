//! The use cases of Arumbae: what a screen, a terminal or a test can ask for, as commands.
//!
//! It knows no Tauri and no HTTP. A host makes one [`App`], passes calls to [`command::dispatch`], moves bytes with
//! [`attachment::upload`] and [`attachment::download`], and lets [`App::keep_synchronizing`] run.

pub mod account;
mod app;
pub mod attachment;
pub mod attendance;
mod bindings;
mod clock;
pub mod command;
pub mod courier;
pub mod data_plan;
pub mod deleting;
pub mod document;
pub mod draft;
pub mod error;
pub mod figures;
pub mod forgotten_passphrase;
pub mod held;
pub mod history;
pub mod home;
pub mod messages;
pub mod moving;
pub mod nearby;
mod receipt_statement;
pub mod record;
mod reference;
pub mod region;
pub mod review;
pub mod safekeeping;
pub mod sample;
pub mod saved_copy;
mod store_errors;
pub mod synchronization;
pub mod upload_token;

pub use app::App;
pub use bindings::typescript;
pub use clock::{Clock, SystemClock};
