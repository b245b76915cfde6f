//! `verify-log`: what the proof of a record proves, and what it does not. Needs no store, no network and no program
//! that made it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use arumbae_app::messages::Catalogue;
use arumbae_domain::calendar::{IndonesianZone, moment};
use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::{DeviceKey, LaneId, Operation};
use arumbae_protocol::proof::{Fault, Gap, MAX_PROOF, ProofError, ProvenSave};
use arumbae_protocol::{ProofReport, RecordProof, RegistryKey};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::output::{CliError, catalogue, say, say_json, unreadable};

/// Longer values are cut in words; `--json` has them whole.
const LONGEST_VALUE: usize = 120;

/// Checks the proof in `file` and prints what came of it.
pub fn verify_log(file: &Path, registry_key: Option<&str>, as_json: bool) -> Result<ExitCode, CliError> {
    let pinned = registry_key.map(parse_key).transpose()?;
    let proof = read_proof(file)?;
    let report = proof.check(pinned.as_ref());
    if as_json {
        say_json(&document(&report))?;
    } else {
        Telling { catalogue: catalogue(), report: &report, key: proof.registry_key }.tell(file)?;
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn parse_key(text: &str) -> Result<RegistryKey, CliError> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim(), &mut key)
        .map_err(|_| CliError::Said { key: "proof-key-unreadable", args: Vec::new() })?;
    Ok(RegistryKey(key))
}

fn read_proof(file: &Path) -> Result<RecordProof, CliError> {
    let mut bytes = Vec::new();
    // One byte more than a proof may have tells one that is too large; a disk full of it is never read.
    let taken = File::open(file).and_then(|opened| opened.take(MAX_PROOF as u64 + 1).read_to_end(&mut bytes));
    taken.map_err(|why| unreadable(file, &why))?;
    RecordProof::from_json(&bytes).map_err(|error| {
        let name = ("file", file.display().to_string());
        match error {
            ProofError::TooLarge => {
                CliError::Said { key: "proof-too-large", args: vec![name, ("most", (MAX_PROOF >> 20).to_string())] }
            }
            ProofError::NewerFormat { .. } => CliError::Said { key: "proof-newer", args: vec![name] },
            ProofError::NotAProof(_) | ProofError::BadHeader(_) => {
                CliError::Said { key: "proof-unreadable", args: vec![name] }
            }
        }
    })
}

/// The name of a fault or gap in message keys and JSON, with what it is about.
type Named = (&'static str, Vec<(&'static str, String)>);

fn fault(fault: &Fault) -> Named {
    let segment = |hash: &arumbae_mergelog::SegmentHash| ("segment", hash.to_string()[..16].to_owned());
    let seq = |seq: &u64| ("seq", seq.to_string());
    match fault {
        Fault::MakerSignature => ("maker_signature", vec![]),
        Fault::OtherProvince => ("other_province", vec![]),
        Fault::HeaderSignature(hash) => ("header_signature", vec![segment(hash)]),
        Fault::SaveMismatch(hash, number) => ("save_mismatch", vec![segment(hash), seq(number)]),
        Fault::ForeignSave(hash, number) => ("foreign_save", vec![segment(hash), seq(number)]),
        Fault::ReceiptSignature(hash) => ("receipt_signature", vec![segment(hash)]),
        Fault::BrokenLane(hash) => ("broken_lane", vec![segment(hash)]),
        Fault::EntrySignature(number) => ("entry_signature", vec![seq(number)]),
        Fault::BrokenRegistry(number) => ("broken_registry", vec![seq(number)]),
    }
}

fn gap(gap: &Gap) -> Named {
    let save = |lane: &LaneId, seq: &u64| vec![("lane", lane.to_string()[..8].to_owned()), ("seq", seq.to_string())];
    match gap {
        Gap::KeyNotPinned => ("key_not_pinned", vec![]),
        Gap::NoProvince => ("no_province", vec![]),
        Gap::NoSaves => ("no_saves", vec![]),
        Gap::UnknownMaker => ("unknown_maker", vec![]),
        Gap::UnknownDevice(device) => ("unknown_device", vec![("device", short(device))]),
        Gap::UnknownPerson(person) => ("unknown_person", vec![("person", person.to_string())]),
        Gap::NotTheOwner(lane, seq) => ("not_the_owner", save(lane, seq)),
        Gap::NoRight(lane, seq) => ("no_right", save(lane, seq)),
        Gap::AfterRevocation(lane, seq) => ("after_revocation", save(lane, seq)),
        Gap::NoReceipt(lane, seq) => ("no_receipt", save(lane, seq)),
        Gap::ClockFarOff(lane, seq) => ("clock_far_off", save(lane, seq)),
        Gap::Erased(lane, seq) => ("erased", save(lane, seq)),
        Gap::LaneBegins(lane, seq) => ("lane_begins", save(lane, seq)),
        Gap::LaneGap(lane, seq) => ("lane_gap", save(lane, seq)),
        Gap::MissingSave(lane, seq) => ("missing_save", save(lane, seq)),
        Gap::UnreadEntry(seq) => ("unread_entry", vec![("seq", seq.to_string())]),
        Gap::RegistryExcerpt => ("registry_excerpt", vec![]),
    }
}

/// Enough of a key to tell laptops apart by eye.
fn short(device: &DeviceKey) -> String {
    device.to_string()[..8].to_owned()
}

/// A moment of a clock, however wrong; those beyond the calendar are its last.
fn timestamp(millis: u64) -> Timestamp {
    i64::try_from(millis).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(Timestamp::MAX)
}

/// What the saves of a proof say their records are.
fn kinds(report: &ProofReport) -> BTreeMap<RecordId, RecordKind> {
    let operations = report.saves.iter().filter_map(|proven| proven.save.as_ref()).flat_map(|save| &save.ops);
    operations
        .filter_map(|op| match op {
            Operation::Create { record, kind } => Some((*record, kind.known()?)),
            _ => None,
        })
        .collect()
}

/// A report in words.
struct Telling<'a> {
    catalogue: Catalogue,
    report: &'a ProofReport,
    key: Option<RegistryKey>,
}

impl Telling<'_> {
    fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        self.catalogue.text(key, args)
    }

    fn tell(&self, file: &Path) -> Result<(), CliError> {
        let report = self.report;
        let verdict = if report.faults.is_empty() { "proof-genuine" } else { "proof-false" };
        say(&self.text(verdict, &[("file", file.display().to_string())]))?;
        for (code, args) in report.faults.iter().map(fault) {
            say(&format!("  ! {}", self.text(&format!("proof-fault-{code}"), &args)))?;
        }
        let kind = match report.kind {
            Some(kind) => self.text(&format!("kind-{}", kind.name()), &[]),
            None => self.text("proof-kind-unknown", &[]),
        };
        say(&self.text("proof-record", &[("kind", kind), ("record", report.record.to_string())]))?;
        let owner = report.maker_owner.map_or_else(|| self.text("proof-owner-unknown", &[]), |id| self.person(id));
        let made = [("time", self.moment(report.made_ms)), ("device", short(&report.maker)), ("owner", owner)];
        say(&self.text("proof-made", &made))?;
        say("")?;
        say(&self.text("proof-saves", &[("count", report.saves.len().to_string())]))?;
        let kinds = kinds(report);
        for (number, proven) in (1..).zip(&report.saves) {
            self.tell_save(number, proven, &kinds)?;
        }
        say("")?;
        for lane in &report.lanes {
            let args = [
                ("lane", lane.lane.id().to_string()[..8].to_owned()),
                ("device", short(&lane.lane.device)),
                ("scope", lane.lane.scope.to_string()),
                ("first", lane.first_seq.to_string()),
                ("last", lane.last_seq.to_string()),
                ("segments", lane.segments.to_string()),
            ];
            say(&self.text("proof-lane", &args))?;
        }
        say("")?;
        say(&self.text("proof-not-proven", &[]))?;
        for (code, mut args) in report.gaps.iter().map(gap) {
            args.extend(self.key.map(|key| ("key", format!("{key:?}"))));
            say(&format!("  - {}", self.text(&format!("proof-gap-{code}"), &args)))?;
        }
        say(&format!("  - {}", self.text("proof-gap-always-others", &[])))?;
        say(&format!("  - {}", self.text("proof-gap-always-later", &[])))
    }

    fn tell_save(
        &self,
        number: usize,
        proven: &ProvenSave,
        kinds: &BTreeMap<RecordId, RecordKind>,
    ) -> Result<(), CliError> {
        let mut args = vec![
            ("number", number.to_string()),
            ("seq", proven.seq.to_string()),
            ("device", short(&proven.lane.device)),
            ("scope", proven.lane.scope.to_string()),
        ];
        let Some(save) = &proven.save else { return say(&self.text("proof-save-erased", &args)) };
        args.push(("time", self.moment(save.hlc.millis())));
        args.push(("person", self.person(save.actor)));
        say(&self.text("proof-save", &args))?;
        let received = match proven.witnessed {
            Some(word) => {
                self.text("proof-received", &[("time", self.moment(word.at_ms)), ("gsn", word.gsn.to_string())])
            }
            None => self.text("proof-not-received", &[]),
        };
        say(&format!("   {received}"))?;
        save.ops.iter().try_for_each(|op| say(&format!("   {}", self.operation(op, kinds))))
    }

    fn operation(&self, op: &Operation, kinds: &BTreeMap<RecordId, RecordKind>) -> String {
        let field = |number: &FieldNo| ("field", self.field(kinds.get(&op.record()).copied(), *number));
        match op {
            Operation::Create { record: _, kind } => {
                let kind = kind.known().map(|kind| self.text(&format!("kind-{}", kind.name()), &[]));
                self.text("proof-created", &[("kind", kind.unwrap_or_else(|| self.text("proof-kind-unknown", &[])))])
            }
            Operation::Set { field: number, value: Value::Null, .. } => self.text("proof-cleared", &[field(number)]),
            Operation::Set { field: number, value, .. } => {
                self.text("proof-set", &[field(number), ("value", value_text(value))])
            }
            Operation::Revise { field: number, text, .. } => {
                self.text("proof-set", &[field(number), ("value", cut(text))])
            }
            Operation::Resolve { field: number, choice, note, .. } => {
                self.text("proof-resolved", &[field(number), ("value", value_text(choice)), ("note", note.clone())])
            }
            Operation::Add { list, element, .. } => {
                self.text("proof-added", &[field(list), ("value", value_text(element))])
            }
            Operation::Remove { list, observed, .. } => {
                self.text("proof-removed", &[field(list), ("count", observed.len().to_string())])
            }
            Operation::Transition { from, to, reason, .. } => {
                let key = if reason.is_empty() { "proof-moved" } else { "proof-moved-because" };
                let steps = [("from", self.status(from)), ("to", self.status(to)), ("reason", reason.clone())];
                self.text(key, &steps)
            }
            Operation::Delete { reason, .. } if reason.is_empty() => self.text("proof-deleted", &[]),
            Operation::Delete { reason, .. } => self.text("proof-deleted-because", &[("reason", reason.clone())]),
            Operation::Restore { .. } => self.text("proof-restored", &[]),
            Operation::Rehome { from, to, .. } => {
                self.text("proof-rehomed", &[("from", from.to_string()), ("to", to.to_string())])
            }
            Operation::Attach { blob, .. } => self.text("proof-attached", &[("blob", blob.to_string())]),
            Operation::Unknown { .. } => self.text("proof-later", &[]),
        }
    }

    fn field(&self, kind: Option<RecordKind>, number: FieldNo) -> String {
        let definition = kind.and_then(|kind| Some((kind.name(), kind.definition().name_of(number)?)));
        match definition {
            Some((kind, field)) => self.text(&format!("field-{kind}-{field}"), &[]),
            None => self.text("proof-field-unknown", &[("number", number.0.to_string())]),
        }
    }

    /// A status in words; one of a later version as its code.
    fn status(&self, code: &str) -> String {
        let key = format!("status-{code}");
        let said = self.text(&key, &[]);
        if said == key { code.to_owned() } else { said }
    }

    fn person(&self, id: uuid::Uuid) -> String {
        match self.report.people.get(&id) {
            Some(person) if person.position.is_empty() => person.name.clone(),
            Some(person) => {
                let args = [("name", person.name.clone()), ("position", person.position.clone())];
                self.text("proof-person", &args)
            }
            None => self.text("proof-person-unknown", &[("id", id.to_string())]),
        }
    }

    fn moment(&self, millis: u64) -> String {
        moment(timestamp(millis), IndonesianZone::Wit)
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => cut(text),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Instant(at) => moment(*at, IndonesianZone::Wit),
        Value::Reference(record) => record.to_string(),
        Value::Blob(blob) => blob.to_string(),
    }
}

/// A text on one line of the terminal; control characters have no business there.
fn cut(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The report for programs; numbers that JSON cannot hold exactly are texts.
fn document(report: &ProofReport) -> Json {
    let named = |(code, args): Named| {
        let mut named = json!({ "code": code });
        args.into_iter().for_each(|(name, value)| named[name] = value.into());
        named
    };
    let person = |id: uuid::Uuid| {
        let known = report.people.get(&id);
        json!({ "id": id, "name": known.map(|it| &it.name), "position": known.map(|it| &it.position) })
    };
    let kinds = kinds(report);
    let saves = report.saves.iter().map(|proven| {
        let save = proven.save.as_ref();
        json!({
            "device": proven.lane.device.to_string(),
            "incarnation": proven.lane.incarnation.to_string(),
            "scope": proven.lane.scope.to_string(),
            "seq": proven.seq,
            "segment": proven.segment.to_string(),
            "at": save.map(|save| timestamp(save.hlc.millis()).to_string()),
            "clock_offset_ms": (proven.clock.uncertainty_ms != u32::MAX).then_some(proven.clock.offset_ms),
            "author": save.map(|save| person(save.actor)),
            "device_owner": proven.owner.map(person),
            "received": proven.witnessed.map(|word| json!({ "at": timestamp(word.at_ms).to_string(), "gsn": word.gsn })),
            "erased": save.is_none(),
            "operations": save.map(|save| save.ops.iter().map(|op| operation(op, &kinds)).collect::<Vec<_>>()),
        })
    });
    json!({
        "proven": report.faults.is_empty(),
        "record": report.record.to_string(),
        "kind": report.kind.map(RecordKind::name),
        "made_at": timestamp(report.made_ms).to_string(),
        "maker": { "device": report.maker.to_string(), "owner": report.maker_owner.map(person) },
        "saves": saves.collect::<Vec<_>>(),
        "lanes": report.lanes.iter().map(|lane| json!({
            "device": lane.lane.device.to_string(),
            "incarnation": lane.lane.incarnation.to_string(),
            "scope": lane.lane.scope.to_string(),
            "first_seq": lane.first_seq,
            "last_seq": lane.last_seq,
            "segments": lane.segments,
        })).collect::<Vec<_>>(),
        "faults": report.faults.iter().map(|it| named(fault(it))).collect::<Vec<_>>(),
        "not_proven": report.gaps.iter().map(|it| named(gap(it))).collect::<Vec<_>>(),
    })
}

/// An operation for programs: what it is called in the log's format, its record, and what it says.
fn operation(op: &Operation, kinds: &BTreeMap<RecordId, RecordKind>) -> Json {
    let kind = kinds.get(&op.record());
    let field = |number: &FieldNo| {
        let known = kind.and_then(|kind| kind.definition().field(*number));
        json!({ "number": number.0, "name": known.map(|field| field.name) })
    };
    let (name, says) = match op {
        Operation::Create { record: _, kind } => {
            ("create", json!({ "kind": kind.known().map_or_else(|| kind.0.into(), |kind| Json::from(kind.name())) }))
        }
        Operation::Set { field: number, value: set, .. } => {
            ("set", json!({ "field": field(number), "value": value(set) }))
        }
        Operation::Revise { field: number, text, .. } => ("revise", json!({ "field": field(number), "value": text })),
        Operation::Resolve { field: number, choice, note, .. } => {
            ("resolve", json!({ "field": field(number), "value": value(choice), "note": note }))
        }
        Operation::Add { list, element, .. } => ("add", json!({ "field": field(list), "value": value(element) })),
        Operation::Remove { list, observed, .. } => {
            ("remove", json!({ "field": field(list), "count": observed.len() }))
        }
        Operation::Transition { from, to, reason, .. } => {
            ("transition", json!({ "from": from, "to": to, "reason": reason }))
        }
        Operation::Delete { reason, .. } => ("delete", json!({ "reason": reason })),
        Operation::Restore { .. } => ("restore", json!({})),
        Operation::Rehome { from, to, .. } => ("rehome", json!({ "from": from.to_string(), "to": to.to_string() })),
        Operation::Attach { blob, byte_length, media_type, .. } => {
            ("attach", json!({ "blob": blob.to_string(), "byte_length": byte_length, "media_type": media_type }))
        }
        Operation::Unknown { code, .. } => ("later", json!({ "code": code })),
    };
    json!({ "operation": name, "record": op.record().to_string(), "says": says })
}

fn value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Integer(number) => number.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::Instant(at) => at.to_string().into(),
        Value::Reference(record) => record.to_string().into(),
        Value::Blob(blob) => blob.to_string().into(),
    }
}
