//! A text and two revisions of it, side by side.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::sentences;

/// Who changed a piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HunkKind {
    /// Nobody; it may differ in white space.
    Unchanged,
    /// The first revision only.
    Ours,
    /// The second revision only.
    Theirs,
    /// Both, to the same.
    Alike,
    /// Both, to different things, or so near each other that only a person can say whether they fit.
    Overlapping,
}

/// Whole sentences as they stand in each text; empty where it has none there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// Who changed it.
    pub kind: HunkKind,
    /// In the text both began with.
    pub base: &'a str,
    /// In the first revision.
    pub ours: &'a str,
    /// In the second revision.
    pub theirs: &'a str,
}

/// Two revisions compared with the text both began with. The pieces of each text, put together, are that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison<'a> {
    /// From the first sentence to the last.
    pub hunks: Vec<Hunk<'a>>,
}

impl<'a> Comparison<'a> {
    /// Compares two revisions of a text, sentence by sentence.
    pub fn of(base: &'a str, ours: &'a str, theirs: &'a str) -> Self {
        let (base, ours, theirs) = (Text::new(base), Text::new(ours), Text::new(theirs));
        let (in_ours, in_theirs) = (base.places_in(&ours), base.places_in(&theirs));
        let mut hunks = Vec::new();
        let mut reached = (0, 0, 0);
        for at in 0..base.sentences.len() {
            let (Some(our_place), Some(their_place)) = (in_ours[at], in_theirs[at]) else { continue };
            let changed = (reached.0..at, reached.1..our_place, reached.2..their_place);
            hunks.extend(changed_hunk(&base, &ours, &theirs, changed));
            hunks.push(Hunk {
                kind: HunkKind::Unchanged,
                base: base.slice(at..at + 1),
                ours: ours.slice(our_place..our_place + 1),
                theirs: theirs.slice(their_place..their_place + 1),
            });
            reached = (at + 1, our_place + 1, their_place + 1);
        }
        let rest =
            (reached.0..base.sentences.len(), reached.1..ours.sentences.len(), reached.2..theirs.sentences.len());
        hunks.extend(changed_hunk(&base, &ours, &theirs, rest));
        Comparison { hunks }
    }

    /// What both wrote, put together, if they changed different sentences: a proposal, to be shown as one and signed by
    /// nobody until a person has confirmed it. `None` if a person has to choose.
    pub fn proposal(&self) -> Option<String> {
        let mut text = String::new();
        for Hunk { kind, base, ours, theirs } in &self.hunks {
            text.push_str(match kind {
                HunkKind::Overlapping => return None,
                HunkKind::Theirs => theirs,
                HunkKind::Ours | HunkKind::Alike => ours,
                // Whoever changed what follows changed the space before it.
                HunkKind::Unchanged if ours == base => theirs,
                HunkKind::Unchanged => ours,
            });
        }
        Some(text)
    }
}

/// What lies between two sentences that nobody changed.
fn changed_hunk<'a>(
    base: &Text<'a>,
    ours: &Text<'a>,
    theirs: &Text<'a>,
    places: (Range<usize>, Range<usize>, Range<usize>),
) -> Option<Hunk<'a>> {
    let (in_base, in_ours, in_theirs) = places;
    let words = (base.words(&in_base), ours.words(&in_ours), theirs.words(&in_theirs));
    let kind = match words {
        (base, ours, theirs) if base == ours && base == theirs => return None,
        (base, ours, theirs) if base == ours && base != theirs => HunkKind::Theirs,
        (base, ours, theirs) if base == theirs && base != ours => HunkKind::Ours,
        (_, ours, theirs) if ours == theirs => HunkKind::Alike,
        _ => HunkKind::Overlapping,
    };
    Some(Hunk { kind, base: base.slice(in_base), ours: ours.slice(in_ours), theirs: theirs.slice(in_theirs) })
}

/// A text with its sentences, each also without the space around it.
struct Text<'a> {
    text: &'a str,
    sentences: Vec<Range<usize>>,
    words: Vec<&'a str>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        let words = sentences(text);
        let mut end = 0;
        let sentences = words.iter().map(|sentence| {
            let start = end;
            end += sentence.len();
            start..end
        });
        Text { text, sentences: sentences.collect(), words: words.into_iter().map(str::trim).collect() }
    }

    fn words(&self, places: &Range<usize>) -> &[&'a str] {
        &self.words[places.clone()]
    }

    fn slice(&self, places: Range<usize>) -> &'a str {
        match (self.sentences.get(places.start), places.end.checked_sub(1).and_then(|last| self.sentences.get(last))) {
            (Some(first), Some(last)) if !places.is_empty() => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// For each sentence its place in another text, `None` where it is not there any more.
    fn places_in(&self, other: &Text<'a>) -> Vec<Option<usize>> {
        let mut places = vec![None; self.words.len()];
        for op in capture_diff_slices(Algorithm::Patience, &self.words, &other.words) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                (0..len).for_each(|step| places[old_index + step] = Some(new_index + step));
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const BASE: &str = "Petugas tiba pukul 09.00 WIT. Baliho terpasang di pagar. Foto diambil. Saksi ditanya.";

    #[track_caller]
    fn check(ours: &str, theirs: &str, changed: &[HunkKind], proposal: Option<&str>) {
        let comparison = Comparison::of(BASE, ours, theirs);
        let found: Vec<HunkKind> =
            comparison.hunks.iter().map(|hunk| hunk.kind).filter(|kind| *kind != HunkKind::Unchanged).collect();
        assert_eq!(found, changed, "{comparison:#?}");
        assert_eq!(comparison.proposal().as_deref(), proposal);
    }

    #[test]
    fn changes_of_different_sentences_are_put_together() {
        check(
            "Petugas tiba pukul 09.30 WIT. Baliho terpasang di pagar. Foto diambil. Saksi ditanya.",
            "Petugas tiba pukul 09.00 WIT. Baliho terpasang di pagar. Foto diambil. Dua saksi ditanya. Lalu pulang.",
            &[HunkKind::Ours, HunkKind::Theirs],
            Some(
                "Petugas tiba pukul 09.30 WIT. Baliho terpasang di pagar. Foto diambil. Dua saksi ditanya. \
                 Lalu pulang.",
            ),
        );
    }

    #[test]
    fn what_both_changed_is_left_to_a_person() {
        check(
            "Petugas tiba pukul 09.30 WIT. Baliho terpasang di pagar. Foto diambil. Saksi ditanya.",
            "Petugas tiba pukul 10.00 WIT. Baliho terpasang di pagar. Foto diambil. Saksi ditanya.",
            &[HunkKind::Overlapping],
            None,
        );
        // Neighbours may well speak of each other.
        check(
            "Petugas tiba pukul 09.30 WIT. Baliho terpasang di pagar. Foto diambil. Saksi ditanya.",
            "Petugas tiba pukul 09.00 WIT. Baliho sudah diturunkan. Foto diambil. Saksi ditanya.",
            &[HunkKind::Overlapping],
            None,
        );
        let tails = ["Massa bubar.", "Massa bertahan."].map(|tail| format!("{BASE} {tail}"));
        check(&tails[0], &tails[1], &[HunkKind::Overlapping], None);
    }

    #[test]
    fn the_same_change_twice_is_one() {
        let both = BASE.replace("Foto diambil.", "Tiga foto diambil.");
        check(&both, &both, &[HunkKind::Alike], Some(&both));
    }

    #[test]
    fn a_sentence_after_the_last_changes_only_the_space_before_it() {
        let longer = format!("{BASE} Massa bubar.");
        let shorter = BASE.replace(" Foto diambil.", "");
        check(
            &longer,
            &shorter,
            &[HunkKind::Theirs, HunkKind::Ours],
            Some("Petugas tiba pukul 09.00 WIT. Baliho terpasang di pagar. Saksi ditanya. Massa bubar."),
        );
    }

    fn texts() -> impl Strategy<Value = String> {
        vec("[A-D]", 0..8).prop_map(|sentences| {
            sentences.iter().map(|letter| format!("Kalimat {letter}.")).collect::<Vec<_>>().join(" ")
        })
    }

    proptest! {
        #[test]
        fn every_text_is_there_whole(base in texts(), ours in texts(), theirs in texts()) {
            let Comparison { hunks } = Comparison::of(&base, &ours, &theirs);
            prop_assert_eq!(hunks.iter().map(|hunk| hunk.base).collect::<String>(), base.as_str());
            prop_assert_eq!(hunks.iter().map(|hunk| hunk.ours).collect::<String>(), ours.as_str());
            prop_assert_eq!(hunks.iter().map(|hunk| hunk.theirs).collect::<String>(), theirs.as_str());
        }

        #[test]
        fn with_one_side_unchanged_the_other_is_the_proposal(base in texts(), edited in texts()) {
            prop_assert_eq!(Comparison::of(&base, &edited, &base).proposal(), Some(edited.clone()));
            prop_assert_eq!(Comparison::of(&base, &base, &edited).proposal(), Some(edited));
        }

        /// Whoever looks at it, the proposal is the same, and holds every sentence that either of them wrote.
        #[test]
        fn a_proposal_favours_nobody(base in texts(), ours in texts(), theirs in texts()) {
            let proposal = Comparison::of(&base, &ours, &theirs).proposal();
            let mirrored = Comparison::of(&base, &theirs, &ours).proposal();
            prop_assert_eq!(proposal.as_deref().map(words), mirrored.as_deref().map(words));
            if let Some(proposal) = proposal {
                for written in [&ours, &theirs].into_iter().flat_map(|text| words(text)) {
                    prop_assert!(words(&base).contains(&written) || words(&proposal).contains(&written));
                }
            }
        }
    }

    fn words(text: &str) -> Vec<String> {
        sentences(text).into_iter().map(|sentence| sentence.trim().to_owned()).collect()
    }
}
