//! What an edit changed: the difference between a record as it was opened and as it was saved.

use crate::schema::{Document, FieldDef, FieldNo, FieldType, RecordId, RecordKind, Value, reserved};

/// One thing an edit did to a record or to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes a record.
    Create {
        /// The new record.
        record: RecordId,
        /// What it is.
        kind: RecordKind,
    },
    /// Replaces a value; [`Value::Null`] clears the field.
    Set {
        /// The record.
        record: RecordId,
        /// The field.
        field: FieldNo,
        /// Its new value.
        value: Value,
    },
    /// Replaces a narrative; empty text clears it.
    Revise {
        /// The record.
        record: RecordId,
        /// The field.
        field: FieldNo,
        /// The whole new text.
        text: String,
    },
    /// Puts a child record on a list.
    AddChild {
        /// The record that has the list.
        record: RecordId,
        /// The list.
        list: FieldNo,
        /// The child.
        child: RecordId,
    },
    /// Takes a child record off a list.
    RemoveChild {
        /// The record that has the list.
        record: RecordId,
        /// The list.
        list: FieldNo,
        /// The child.
        child: RecordId,
    },
    /// Puts a value into a set.
    AddElement {
        /// The record that has the set.
        record: RecordId,
        /// The set.
        list: FieldNo,
        /// The value.
        value: Value,
    },
    /// Takes a value out of a set.
    RemoveElement {
        /// The record that has the set.
        record: RecordId,
        /// The set.
        list: FieldNo,
        /// The value.
        value: Value,
    },
}

/// What leads from `base` to `edited`; without a base, everything it takes to make the record.
///
/// `base` must be the record as the editor opened it, not as it stands now: otherwise what others wrote
/// meanwhile would look like something this editor took back.
///
/// The status is never touched, since only transitions move it. Fields and values this version does not know are left
/// alone: an old program must not erase what a newer one wrote.
pub fn changes_between(base: Option<&Document>, edited: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    match base {
        Some(base) => push_differences(base, edited, &mut changes),
        None => push_creation(edited, &mut changes),
    }
    changes
}

fn push_creation(document: &Document, changes: &mut Vec<Change>) {
    changes.push(Change::Create { record: document.id, kind: document.kind });
    push_differences(&Document::new(document.kind, document.id), document, changes);
}

fn push_differences(base: &Document, edited: &Document, changes: &mut Vec<Change>) {
    for field in edited.kind.definition().fields.iter().filter(|field| field.number != reserved::STATUS) {
        match field.ty {
            FieldType::Children(_) => push_children(field.number, base, edited, changes),
            FieldType::Set => push_elements(field.number, base, edited, changes),
            _ => push_value(field, base, edited, changes),
        }
    }
}

fn push_value(field: &FieldDef, base: &Document, edited: &Document, changes: &mut Vec<Change>) {
    let (before, after) = (base.value(field.number), edited.value(field.number));
    // The typed form reads a value of a foreign type as empty, so an empty edit says nothing about it.
    let hidden_from_editor = is_empty(after) && !is_empty(before) && !belongs(before, field.ty);
    if before == after || (is_empty(before) && is_empty(after)) || hidden_from_editor {
        return;
    }
    let (record, number) = (edited.id, field.number);
    changes.push(match (field.ty, after) {
        (FieldType::Narrative, Value::Text(text)) => Change::Revise { record, field: number, text: text.clone() },
        (FieldType::Narrative, _) => Change::Revise { record, field: number, text: String::new() },
        (_, after) if is_empty(after) => Change::Set { record, field: number, value: Value::Null },
        (_, after) => Change::Set { record, field: number, value: after.clone() },
    });
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

fn belongs(value: &Value, ty: FieldType) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => ty == FieldType::Bool,
        Value::Integer(_) => ty == FieldType::Integer,
        Value::Text(_) => matches!(ty, FieldType::Text | FieldType::Narrative | FieldType::Choice(_)),
        Value::Date(_) => ty == FieldType::Date,
        Value::Time(_) => ty == FieldType::Time,
        Value::Instant(_) => ty == FieldType::Instant,
        Value::Reference(_) => ty == FieldType::Reference,
        Value::Blob(_) => ty == FieldType::Blob,
    }
}

fn push_children(list: FieldNo, base: &Document, edited: &Document, changes: &mut Vec<Change>) {
    let none = Vec::new();
    let before = base.children.get(&list).unwrap_or(&none);
    let after = edited.children.get(&list).unwrap_or(&none);
    let record = edited.id;
    for child in after {
        match before.iter().find(|known| known.id == child.id) {
            Some(known) => push_differences(known, child, changes),
            None => {
                push_creation(child, changes);
                changes.push(Change::AddChild { record, list, child: child.id });
            }
        }
    }
    for gone in before.iter().filter(|known| after.iter().all(|child| child.id != known.id)) {
        changes.push(Change::RemoveChild { record, list, child: gone.id });
    }
}

fn push_elements(list: FieldNo, base: &Document, edited: &Document, changes: &mut Vec<Change>) {
    let none = Default::default();
    let before = base.sets.get(&list).unwrap_or(&none);
    let after = edited.sets.get(&list).unwrap_or(&none);
    let record = edited.id;
    let added = after.difference(before).map(|value| Change::AddElement { record, list, value: value.clone() });
    changes.extend(added);
    let removed = before.difference(after).map(|value| Change::RemoveElement { record, list, value: value.clone() });
    changes.extend(removed);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::records::*;
    use crate::schema::Record;

    fn id(number: u128) -> RecordId {
        RecordId(Uuid::from_u128(number))
    }

    fn number_of(kind: RecordKind, name: &str) -> FieldNo {
        kind.definition().fields.iter().find(|field| field.name == name).unwrap().number
    }

    fn finding() -> Finding {
        Finding { id: id(1), ..Finding::default() }
    }

    #[track_caller]
    fn check(base: &Finding, edited: &Finding, expected: &[Change]) {
        assert_eq!(changes_between(Some(&base.to_document()), &edited.to_document()), expected);
    }

    #[test]
    fn nothing_edited_is_no_change() {
        check(&finding(), &finding(), &[]);
    }

    #[test]
    fn a_value_is_set_and_cleared() {
        let field = number_of(RecordKind::Finding, "known_date");
        let known = Finding { known_date: Some(date(2024, 9, 20)), ..finding() };
        let set = |value| Change::Set { record: id(1), field, value };
        check(&finding(), &known, &[set(Value::Date(date(2024, 9, 20)))]);
        check(&known, &finding(), &[set(Value::Null)]);
    }

    #[test]
    fn a_narrative_is_revised_even_to_nothing() {
        let field = number_of(RecordKind::Finding, "summary");
        let told = Finding { summary: "Terjadi.".into(), ..finding() };
        let revise = |text: &str| Change::Revise { record: id(1), field, text: text.to_owned() };
        check(&finding(), &told, &[revise("Terjadi.")]);
        check(&told, &finding(), &[revise("")]);
    }

    #[test]
    fn children_are_made_edited_and_taken_off() {
        let list = number_of(RecordKind::Finding, "witnesses");
        let name = number_of(RecordKind::Witness, "name");
        let witness = |name: &str| Witness { id: id(2), name: name.into(), ..Witness::default() };
        let with = |witnesses| Finding { witnesses, ..finding() };
        let set = |text: &str| Change::Set { record: id(2), field: name, value: Value::Text(text.to_owned()) };
        let made = [
            Change::Create { record: id(2), kind: RecordKind::Witness },
            set("Contoh"),
            Change::AddChild { record: id(1), list, child: id(2) },
        ];
        check(&finding(), &with(vec![witness("Contoh")]), &made);
        check(&with(vec![witness("Contoh")]), &with(vec![witness("Misal")]), &[set("Misal")]);
        check(&with(vec![witness("Contoh")]), &finding(), &[Change::RemoveChild { record: id(1), list, child: id(2) }]);
    }

    #[test]
    fn elements_are_added_and_taken_out() {
        let list = number_of(RecordKind::Finding, "issues");
        let with = |issues: &[CrucialIssue]| Finding { issues: issues.iter().cloned().collect(), ..finding() };
        let value = |code: &str| Value::Text(code.to_owned());
        check(
            &with(&[CrucialIssue::Hoax]),
            &with(&[CrucialIssue::MoneyPolitics]),
            &[
                Change::AddElement { record: id(1), list, value: value("money_politics") },
                Change::RemoveElement { record: id(1), list, value: value("hoax") },
            ],
        );
    }

    #[test]
    fn a_new_record_is_created_with_everything_but_its_status() {
        let made = Finding { status: Some(RecordStatus::Accepted), number: "1".into(), ..finding() };
        let field = number_of(RecordKind::Finding, "number");
        assert_eq!(
            changes_between(None, &made.to_document()),
            [
                Change::Create { record: id(1), kind: RecordKind::Finding },
                Change::Set { record: id(1), field, value: Value::Text("1".into()) },
            ]
        );
    }

    #[test]
    fn what_a_newer_version_wrote_is_left_alone() {
        let mut base = finding().to_document();
        base.fields.insert(FieldNo(9999), Value::Text("later".into()));
        // A field this version knows, with a value of a type it does not expect there.
        base.fields.insert(number_of(RecordKind::Finding, "known_date"), Value::Text("kemarin".into()));
        base.fields.insert(reserved::STATUS, Value::Text("accepted".into()));
        let edited = Finding::from_document(&base).to_document();
        assert_eq!(changes_between(Some(&base), &edited), []);
    }
}
