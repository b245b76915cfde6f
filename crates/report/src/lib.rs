//! The documents Arumbae issues, laid out and written as PDF.
//!
//! Three layers, and the arrows point one way: the templates ([`supervision_report`], [`attendance_list`],
//! [`receipt_statement`], [`signature_appearance`]) say what stands on the paper; `layout` turns it into pages of positioned items and
//! never hears of PDF; `pdf` writes such pages and decides nothing about them.
//!
//! The crate is pure: the same input gives the same bytes, on every machine and at every hour.

pub mod attendance_list;
#[cfg(test)]
mod finished_files;
#[cfg(test)]
mod fixtures;
mod imprint;
mod layout;
mod manuscript;
mod pdf;
pub mod receipt_statement;
pub mod signature_appearance;
pub mod supervision_report;
mod table;
mod typeface;
mod wording;

pub use imprint::{Imprint, Photo, Rendered, ReportError, Signer};
