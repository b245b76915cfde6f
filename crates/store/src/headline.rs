//! How a record is called in lists.

use arumbae_domain::schema::{FieldNo, FieldType, RecordKind, Value};
use arumbae_mergelog::RecordState;

/// What a list shows of a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Headline {
    pub title: String,
    pub subtitle: String,
    /// ISO 8601.
    pub date: Option<String>,
}

/// Longer titles are cut: they stand in one table row.
const LONGEST_TITLE: usize = 160;
/// Waktu Indonesia Timur, in which the dates of moments are shown.
const EASTERN_INDONESIA: i8 = 9;

/// The fields a kind is called by, by name: the first that holds something counts.
struct Naming {
    title: &'static [&'static str],
    subtitle: &'static [&'static str],
    date: &'static [&'static str],
}

fn naming(kind: RecordKind) -> Option<Naming> {
    Some(match kind {
        RecordKind::SupervisionReport => Naming {
            title: &["stage", "event", "findings_summary"],
            subtitle: &["number", "assignment_number"],
            date: &["signed_date", "event_date"],
        },
        RecordKind::Finding => Naming {
            title: &["event", "summary"],
            subtitle: &["number", "event_place"],
            date: &["known_date", "event_date"],
        },
        RecordKind::OutreachEvent => Naming { title: &["title"], subtitle: &["place", "organiser"], date: &["date"] },
        RecordKind::IssuedDocument => Naming { title: &["title"], subtitle: &["number"], date: &["issued_at"] },
        _ => return None,
    })
}

/// The headline of a record; of a part, its first text.
pub(crate) fn headline(kind: RecordKind, state: &RecordState) -> Headline {
    match naming(kind) {
        Some(Naming { title, subtitle, date }) => Headline {
            title: first_text(kind, state, title),
            subtitle: first_text(kind, state, subtitle),
            date: named(kind, date).find_map(|field| day(&state.value(field))),
        },
        None => {
            let texts = kind.definition().fields.iter().filter(|field| field.ty == FieldType::Text);
            let title = texts.map(|field| one_line(&state.value(field.number))).find(|text| !text.is_empty());
            Headline { title: title.unwrap_or_default(), ..Headline::default() }
        }
    }
}

fn named(kind: RecordKind, names: &'static [&'static str]) -> impl Iterator<Item = FieldNo> {
    let fields = kind.definition().fields;
    names.iter().filter_map(move |name| fields.iter().find(|field| field.name == *name)).map(|field| field.number)
}

fn first_text(kind: RecordKind, state: &RecordState, names: &'static [&'static str]) -> String {
    named(kind, names).map(|field| one_line(&state.value(field))).find(|text| !text.is_empty()).unwrap_or_default()
}

fn one_line(value: &Value) -> String {
    let Value::Text(text) = value else { return String::new() };
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST_TITLE) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

fn day(value: &Value) -> Option<String> {
    match value {
        Value::Date(date) => Some(date.to_string()),
        Value::Instant(moment) => {
            Some(jiff::tz::Offset::constant(EASTERN_INDONESIA).to_datetime(*moment).date().to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_a_kind_is_called_by_exists() {
        for kind in RecordKind::ALL.iter().copied().filter(|kind| kind.is_top_level()) {
            let Naming { title, subtitle, date } = naming(kind).expect("a record that stands alone has a headline");
            for name in [title, subtitle, date].into_iter().flatten() {
                let known = kind.definition().fields.iter().any(|field| field.name == *name);
                assert!(known, "{} has no field {name}", kind.name());
            }
        }
    }

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        let text = Value::Text(format!("  {}\nsecond", "ä".repeat(400)));
        assert_eq!(one_line(&text).chars().count(), LONGEST_TITLE + 1);
    }
}
