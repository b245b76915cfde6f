//! A device that was away while all others went on: what it sends, what it is sent, and how often it asks. Then one
//! that holds nothing yet.

use std::path::Path;
use std::sync::PoisonError;

use arumbae_bench::figures::Figure;
use arumbae_domain::Scope;
use arumbae_domain::change::Change;
use arumbae_measure::Work;
use arumbae_measure::exchanging::{Exchanged, ProvincialOffice, new_device_reads};
use arumbae_measure::merging::MeasureError;
use arumbae_measure::travelling::{Cut, Travelling, travelling};
use arumbae_mergelog::{KindNo, Operation, Save};
use arumbae_store::{SaveContext, Store};
use arumbae_sync::SyncReport;

use crate::Outcome;

/// Lets a new device read everything up to the first meeting and make the first device's later edits as its own; then it
/// exchanges everything with the others' later work.
pub fn figures(work: &Work, bare: f64, scratch: &Path) -> Outcome<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let measured = runtime.block_on(async {
        let days = exchange(work, Cut::Days, &scratch.join("late-days")).await?;
        let late = exchange(work, Cut::Saves(20), &scratch.join("late-saves")).await?;
        Ok((days, late, new_device_reads(work, Cut::Saves(20), &scratch.join("new")).await?))
    });
    let (days, Late { report, sent, received }, newcomer) = measured.map_err(MeasureError::Exchange)?;
    Ok(vec![
        Figure::lower("late device, edits of its own", sent as f64, "operations"),
        Figure::lower("late device, edits of others", received as f64, "operations"),
        Figure::lower("late device, up", report.bytes_up as f64 / 1e3, "KB").to_reach(25.0),
        Figure::lower("late device, down, 20-save segments", report.bytes_down as f64 / 1e3, "KB").to_reach(250.0),
        Figure::lower("late device, down, device-day segments", days.report.bytes_down as f64 / 1e3, "KB")
            .to_reach(250.0),
        Figure::lower("late device, round trips", f64::from(report.round_trips), "").to_reach(1.0),
        Figure::lower("wire / bare JSON, a new device reads everything", newcomer.bytes_down as f64 / bare, "×")
            .to_reach(1.3),
        Figure::lower("a new device reads everything, down", newcomer.bytes_down as f64 / 1e3, "KB"),
        Figure::lower("a new device reads everything, round trips", f64::from(newcomer.round_trips), ""),
    ])
}

struct Late {
    report: SyncReport,
    sent: usize,
    received: usize,
}

async fn exchange(work: &Work, cut: Cut, folder: &Path) -> Exchanged<Late> {
    let [first, others @ ..] = work.devices.as_slice() else { return Err("work of a device is needed".into()) };
    let office = ProvincialOffice::found(work, &folder.join("office")).await?;
    let (store, mut engine) = office.laptop(&folder.join("laptop")).await?;

    let segments = travelling(work, cut)?;
    let is_later = |segment: &Travelling<'_>| {
        let met = work.devices[segment.device].meetings.first().copied().unwrap_or(0) as u64;
        segment.saves.first().is_some_and(|save| save.seq > met)
    };
    let (later, sooner): (Vec<_>, Vec<_>) = segments.iter().partition(|segment| is_later(segment));
    office.take_in(work, &sooner).await?;
    engine.synchronize().await?;
    let later: Vec<_> = later.into_iter().filter(|segment| segment.device > 0).collect();
    office.take_in(work, &later).await?;
    let met = first.meetings.first().copied().unwrap_or(0);
    write_again(&mut store.lock().unwrap_or_else(PoisonError::into_inner), &first.saves[met..], &first.lane.scope)?;

    let report = engine.synchronize().await?;
    let operations = |saves: &[Save]| saves.iter().map(|save| save.ops.len()).sum::<usize>();
    let received =
        others.iter().map(|device| operations(&device.saves[device.meetings.first().copied().unwrap_or(0)..]));
    if report.received_saves != later.iter().map(|segment| segment.saves.len() as u64).sum::<u64>() {
        return Err("not everything was received".into());
    }
    Ok(Late { report, sent: operations(&first.saves[met..]), received: received.sum() })
}

/// Makes edits anew, by the person at this store.
fn write_again(store: &mut Store, saves: &[Save], scope: &Scope) -> Exchanged<()> {
    for save in saves {
        let context = SaveContext { now_ms: save.hlc.millis(), scope: scope.clone(), seen: None };
        let changes: Vec<Change> = save.ops.iter().filter_map(change).collect();
        store.save(&changes, &context)?;
        for op in &save.ops {
            if let Operation::Transition { record, to, reason, .. } = op {
                store.transition(*record, to, reason, &context)?;
            }
        }
    }
    Ok(())
}

fn change(op: &Operation) -> Option<Change> {
    Some(match op {
        Operation::Create { record, kind: KindNo(kind) } => {
            Change::Create { record: *record, kind: KindNo(*kind).known()? }
        }
        Operation::Set { record, field, value, .. } => {
            Change::Set { record: *record, field: *field, value: value.clone() }
        }
        Operation::Revise { record, field, text, .. } => {
            Change::Revise { record: *record, field: *field, text: text.clone() }
        }
        Operation::Add { record, list, element } => {
            Change::AddElement { record: *record, list: *list, value: element.clone() }
        }
        _ => return None,
    })
}
