//! `courier`: takes the sticks that are handed in, and packs the ones that go out.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use arumbae_courier::{PartSize, Refusal, Stick};
use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::FailureCode;
use clap::{Args, Subcommand};

use super::devices::{device_name, find_device};
use super::terminal::{byte_size, local_time};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::courier::{Answer, AnswerRules, CourierError, DeskError, HandedIn, StickError, Taken};
use crate::revocation::RevokeError;

/// `courier`.
#[derive(Debug, Args)]
pub struct Courier {
    /// What to do.
    #[command(subcommand)]
    pub action: CourierAction,
}

/// What is done with a stick.
#[derive(Debug, Subcommand)]
pub enum CourierAction {
    /// Takes files and puts the answers beside them.
    Import(Import),
    /// Packs what devices may read.
    Export(Export),
}

/// `courier import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Where the answers go, if not beside the files.
    #[arg(long, value_name = "DIR")]
    pub answers: Option<PathBuf>,
    /// How large files become, in MB.
    #[arg(long, value_name = "MB", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=63))]
    pub part_size: u16,
    /// Files, or folders of them.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `courier export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// The device's key, or as much of its beginning as no other shares.
    #[arg(long, value_name = "KEY", group = "whom")]
    pub device: Option<String>,
    /// Every device whose owner has a role in this scope.
    #[arg(long, group = "whom")]
    pub scope: Option<Scope>,
    /// Every device.
    #[arg(long = "all", group = "whom")]
    pub all_devices: bool,
    /// How large files become, in MB.
    #[arg(long, value_name = "MB", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=63))]
    pub part_size: u16,
    /// The stick.
    #[arg(value_name = "DIR")]
    pub stick: PathBuf,
}

impl Courier {
    pub(super) fn place(&self) -> &Place {
        match &self.action {
            CourierAction::Import(Import { place, .. }) | CourierAction::Export(Export { place, .. }) => place,
        }
    }
}

pub(super) async fn run<W: Write>(
    courier: Courier,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    match courier.action {
        CourierAction::Import(import) => run_import(import, surroundings, terminal).await,
        CourierAction::Export(export) => run_export(export, surroundings, terminal).await,
    }
}

async fn run_import<W: Write>(
    import: Import,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Import { place: _, answers, part_size, files } = import;
    let province = surroundings.open_province(None).await?;
    let mut named = Vec::new();
    let mut beside = PathBuf::from(".");
    for path in files {
        if path.is_dir() {
            let found = Stick::at(&path).sealed_files();
            named.extend(found.map_err(|source| DeskError::from(StickError { path: path.clone(), source }))?);
            beside = path;
        } else {
            beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(&beside).to_owned();
            named.push(path);
        }
    }
    if named.is_empty() {
        return Err(CommandError::NothingHandedIn);
    }
    let handed_in = province.hand_in(named).await?;
    let registry = province.registry().await?;
    let (mut taken_in, mut refused) = (0, 0);
    for HandedIn { name, outcome } in &handed_in {
        match outcome {
            Ok(taken) => {
                taken_in += 1;
                say_taken(name, taken, &registry, terminal)?;
            }
            // What the province itself put there lies beside what it is brought.
            Err(CourierError::Refused(Refusal::ForAnother)) => {
                terminal.say("server-courier-other", &[("file", name)])?;
            }
            Err(CourierError::Refused(refusal)) => {
                refused += 1;
                let why = terminal.messages().say(refusal_key(*refusal), &[]);
                terminal.say("server-courier-refused", &[("file", name), ("why", &why)])?;
            }
            // It ended the handing in.
            Err(CourierError::Failed(_)) => {}
        }
    }
    let stick = Stick::at(answers.unwrap_or(beside));
    let rules = AnswerRules { size: PartSize::mebibytes(part_size.into()), ..AnswerRules::default() };
    let answers = province.answer(&handed_in, &stick, rules).await?;
    answers.iter().try_for_each(|answer| say_answer(answer, terminal))?;
    if refused == 0 { Ok(()) } else { Err(CommandError::RefusedFiles { count: refused, taken: taken_in }) }
}

fn say_taken<W: Write>(
    name: &str,
    taken: &Taken,
    registry: &arumbae_protocol::Registry,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let waybill = &taken.waybill;
    let owner = registry.owner_of(taken.device).and_then(|owner| registry.name_of(owner)).unwrap_or_default();
    let saves: u64 = taken.reply.receipts.iter().map(|receipt| u64::from(receipt.count)).sum();
    let said = [
        ("file", name.to_owned()),
        ("owner", owner.to_owned()),
        ("device", device_name(taken.device)),
        ("part", waybill.part.to_string()),
        ("parts", waybill.parts.to_string()),
        ("packed", local_time(waybill.packed_ms)),
        ("saves", saves.to_string()),
        ("held", taken.reply.notices.len().to_string()),
        ("attachments", taken.reply.held.len().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    terminal.say("server-courier-taken", &said)?;
    if taken.reply.enrolled.is_some() {
        terminal.say("server-courier-enrolled", &said)?;
    }
    if taken.needs_earlier {
        terminal.say("server-courier-needs-earlier", &[])?;
    }
    Ok(())
}

fn say_answer<W: Write>(answer: &Answer, terminal: &mut Terminal<W>) -> Result<(), CommandError> {
    let Answer { packed, files } = answer;
    let said = [
        ("device", device_name(packed.device)),
        ("segments", packed.segments.to_string()),
        ("receipts", packed.receipts.to_string()),
        ("attachments", packed.attachments.to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    terminal.say("server-courier-packed", &said)?;
    for path in files {
        let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
        terminal.print(&format!("  {}  {}", path.display(), byte_size(bytes)))?;
    }
    Ok(())
}

async fn run_export<W: Write>(
    export: Export,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Export { place: _, device, scope, all_devices, part_size, stick } = export;
    let province = surroundings.open_province(None).await?;
    let registry = province.registry().await?;
    let active = registry.devices().filter(|(_, device)| device.revocation.is_none());
    let devices: BTreeSet<DeviceKey> = match (device, scope) {
        (Some(named), _) => [find_device(&registry, &named).ok_or(RevokeError::UnknownDevice)?].into(),
        (None, Some(scope)) => active
            .filter(|(_, device)| registry.grants_of(device.person).any(|grant| grant.scope == scope))
            .map(|(key, _)| key)
            .collect(),
        (None, None) if all_devices => active.map(|(key, _)| key).collect(),
        (None, None) => return Err(CommandError::NobodyToPackFor),
    };
    if devices.is_empty() {
        return Err(CommandError::NobodyToPackFor);
    }
    let rules = AnswerRules { size: PartSize::mebibytes(part_size.into()), ..AnswerRules::default() };
    for device in devices {
        let answer = province.pack_whole(device, &Stick::at(&stick), rules).await?;
        say_answer(&answer, terminal)?;
    }
    Ok(())
}

/// What is said of a refusal.
pub(super) fn refusal_key(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotSealed => "server-refusal-not-sealed",
        Refusal::ForAnother => "server-refusal-for-another",
        Refusal::Damaged => "server-refusal-damaged",
        Refusal::TooLarge => "server-refusal-too-large",
        Refusal::NewerFormat => "server-refusal-newer",
        Refusal::Forged => "server-refusal-forged",
        Refusal::OtherProvince => "server-refusal-other-province",
        Refusal::UnknownSender | Refusal::NotEnrolled => "server-refusal-unknown-sender",
        Refusal::NotEnrollable(code) => match code {
            FailureCode::ExpiredInvitation => "server-refusal-invitation-expired",
            FailureCode::UsedInvitation => "server-refusal-invitation-used",
            FailureCode::UnknownInvitation => "server-refusal-invitation-unknown",
            _ => "server-refusal-not-enrollable",
        },
    }
}
