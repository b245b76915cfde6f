//! The province's receipts on paper.

use std::collections::BTreeSet;

use arumbae_domain::Paper;
use arumbae_protocol::Receipt;
use arumbae_report::receipt_statement::{self, ReceiptLine, ReceiptStatementInput};
use arumbae_report::{Imprint, Signer};
use arumbae_store::Store;
use serde_json::json;

use crate::App;
use crate::document::{failed, office_name};
use crate::error::{AppError, ErrorCode, Result};
use crate::history::short;
use crate::record::{moment, new_record_id};
use crate::region;

/// So many of the newest are printed: a busy month of one officer.
const MOST_PRINTED: usize = 500;

/// What the province has of this laptop's work and since when, as PDF.
///
/// # Errors
/// [`ErrorCode::NotEnrolled`] for a laptop no province has receipted anything of.
pub(crate) async fn receipt_statement(app: &App) -> Result<Vec<u8>> {
    let (now, now_ms, sample) = (app.now(), app.now_ms(), app.sample().is_some());
    app.with_store(move |store| {
        let enrolment = store.enrolment()?.ok_or_else(|| AppError::new(ErrorCode::NotEnrolled))?;
        let profile = store.profile();
        let officer = Signer { name: profile.name.clone(), position: profile.position.clone() };
        let imprint = Imprint {
            document: new_record_id(now_ms),
            paper: Paper::A4,
            issued_at: now,
            office: office_name(store, &profile.district),
            sample,
        };
        let newest = store.receipts(usize::MAX >> 1)?;
        let (printed, left_out) = newest.split_at(newest.len().min(MOST_PRINTED));
        let receipts = printed.iter().map(|receipt| line(store, receipt)).collect::<Result<Vec<_>>>()?;
        let input = ReceiptStatementInput {
            officer: &officer,
            laptop: &short(&store.device_key().to_string()),
            registry_key: &hex::encode(enrolment.registry_key),
            receipts: &receipts,
            left_out: left_out.len() as u64,
            waiting: store.sync_summary()?.waiting_saves,
            record: serde_json::to_vec_pretty(&attached(&enrolment.registry_key, printed)).map_err(failed)?,
            imprint: &imprint,
        };
        Ok(receipt_statement::render(&input).map_err(failed)?.pdf)
    })
    .await
}

/// The receipts as they are signed, bytes in hexadecimal.
fn attached(registry_key: &[u8; 32], receipts: &[Receipt]) -> serde_json::Value {
    let whole = |receipt: &Receipt| {
        json!({
            "device": receipt.lane.device.to_string(),
            "incarnation": receipt.lane.incarnation.to_string(),
            "scope": receipt.lane.scope,
            "first_seq": receipt.first_seq,
            "count": receipt.count,
            "hash": receipt.hash.to_string(),
            "gsn": receipt.gsn,
            "received_ms": receipt.received_ms,
            "signature": hex::encode(receipt.signature.0),
        })
    };
    json!({ "registry_key": hex::encode(registry_key), "receipts": receipts.iter().map(whole).collect::<Vec<_>>() })
}

fn line(store: &Store, receipt: &Receipt) -> Result<ReceiptLine> {
    let mut titles = BTreeSet::new();
    for record in store.records_in(receipt.hash)? {
        titles.extend(store.title_of(store.root_of(record)?)?.filter(|title| !title.is_empty()));
    }
    Ok(ReceiptLine {
        received_at: moment(receipt.received_ms),
        region: region::name_of(receipt.lane.scope.region()),
        number: receipt.gsn,
        saves: receipt.count,
        titles: titles.into_iter().collect(),
        hash: receipt.hash.to_string(),
    })
}
