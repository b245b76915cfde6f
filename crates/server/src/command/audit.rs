//! `audit`: lists what was done to the province, by whom, from where, by which right and why.

use std::io::Write;

use arumbae_protocol::RegistryEntry;
use arumbae_protocol::registry::{Act, Operator};
use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::terminal::{local_time, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};

/// `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Only the last so many acts.
    #[arg(long, value_name = "COUNT")]
    pub last: Option<usize>,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Line {
    seq: u64,
    at: String,
    deed: &'static str,
    subject: String,
    account: String,
    host: String,
    from: Option<String>,
    credential: String,
    reason: Option<String>,
    /// How many entries it brought.
    entries: u32,
    #[serde(skip)]
    at_ms: u64,
}

/// Subjects that stand in the log in words of this program; the others are names and numbers.
const SUBJECTS: [(&str, &str); 7] = [
    ("root key, exported", "server-subject-root-exported"),
    ("root key, removed", "server-subject-root-removed"),
    ("root list, renewed", "server-subject-root-list"),
    ("registry key", "server-subject-registry-key"),
    ("issuing authority", "server-subject-issuing-authority"),
    ("recovery key", "server-subject-recovery-key"),
    ("time-stamping key", "server-subject-time-stamping-key"),
];

fn subject_in_words<W: Write>(subject: &str, terminal: &Terminal<W>) -> String {
    if let Some(serial) = subject.strip_prefix("certificate ") {
        return terminal.text("server-subject-certificate", &[("serial", serial)]);
    }
    let known = SUBJECTS.iter().find(|(words, _)| *words == subject);
    known.map_or_else(|| subject.to_owned(), |(_, key)| terminal.text(key, &[]))
}

pub(super) async fn run<W: Write>(
    audit: Audit,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let province = surroundings.open_province(None).await?;
    let entries = province.registry_entries().await?;
    let acts = entries.iter().filter_map(|entry| match entry.decode() {
        Ok(RegistryEntry::Act(Act { deed, subject, by, reason, entries })) => {
            let Operator { account, host, from, credential } = by;
            let (seq, at_ms) = (entry.seq, entry.at_ms);
            let (at, deed) = (timestamp(at_ms).to_string(), deed.code());
            Some(Line { seq, at, deed, subject, account, host, from, credential, reason, entries, at_ms })
        }
        _ => None,
    });
    let mut lines: Vec<Line> = acts.collect();
    if let Some(last) = audit.last {
        lines.drain(..lines.len().saturating_sub(last));
    }
    if audit.listing.json {
        return terminal.print_json(&lines);
    }
    let rows = lines.iter().map(|line| {
        let mut by = line.account.clone();
        if !line.host.is_empty() {
            by.push('@');
            by.push_str(&line.host);
        }
        if let Some(from) = &line.from {
            by.push_str(&format!(" ({from})"));
        }
        vec![
            line.seq.to_string(),
            local_time(line.at_ms),
            terminal.text(&format!("server-deed-{}", line.deed.replace('_', "-")), &[]),
            subject_in_words(&line.subject, terminal),
            by,
            line.credential.clone(),
            line.reason.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heading = [
        "server-column-number",
        "server-column-at",
        "server-column-deed",
        "server-column-subject",
        "server-column-by",
        "server-column-credential",
        "server-column-reason",
    ];
    terminal.print_table(&heading, &rows)
}
