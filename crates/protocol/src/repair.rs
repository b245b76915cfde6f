//! Finding where two sides' segments of a scope differ, after their digests did.
//!
//! The numbers of a scope are dense, so a range of them is a set that both sides can speak of. The device asks about
//! ranges; the server, which remembers nothing between requests, answers with the digests of their parts or, where a
//! range is short, with the segments' hashes. Only parts that differ are asked about again, so one missing segment
//! among ten thousand is found in three answers.
//!
//! Whatever is answered, the device ends: ranges only become shorter, and it asks a fixed number of times at most.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::SegmentHash;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::sync::ScopeSegment;

/// Into how many parts a range is divided.
const PARTS: u64 = 32;

/// A range of so many numbers is listed.
const LISTED: u64 = 32;

/// The most ranges one request may ask about.
pub const MAX_RANGES: usize = 64;

/// The most segments one request may ask for.
pub const MAX_WANTED: usize = 4096;

/// The largest body of `POST /v1/repair`, in bytes.
pub const MAX_REPAIR_BODY: usize = 64 * 1024;

/// How often the device asks at most. Three answers find a difference among 32,768 segments, five among 33 million.
const MAX_ROUNDS: usize = 12;

/// How many differences are gathered at most; where there are more, the scope is read from the start.
const MAX_FOUND: usize = 4096;

/// The numbers after one and up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberRange {
    /// The last number before the range.
    pub after: u64,
    /// The last number of the range.
    pub up_to: u64,
}

/// The body of `POST /v1/repair`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepairRequest {
    /// Whose numbers.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// What the device wants to be told about.
    pub ranges: Vec<NumberRange>,
    /// The numbers whose segments it wants.
    pub wanted: Vec<u64>,
    /// How many bytes of segments it wants in the answer; at least one always comes.
    pub credit_bytes: u64,
}

/// The answer to a [`RepairRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepairResponse {
    /// The scope's last number at the server.
    pub head: u64,
    /// One for each range, in the order asked.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub ranges: Vec<RangeAnswer>,
    /// Segments that were wanted, in ascending order, as far as the credit reached.
    pub segments: Vec<ScopeSegment>,
}

/// What the server holds in a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeAnswer {
    /// The digest of each of its parts.
    Parts(Vec<ByteArray<32>>),
    /// The hash of each segment in it, from its first number on.
    Hashes(Vec<ByteArray<32>>),
}

/// Why an answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// It does not answer what was asked.
    #[error("the answer does not fit the question")]
    Unasked,
    /// There are too many differences, or they are nowhere to be found: read the scope from the start.
    #[error("the difference is too large to be told")]
    TooMuch,
}

impl NumberRange {
    fn len(self) -> u64 {
        self.up_to.saturating_sub(self.after)
    }

    /// The parts a range is divided into, in order; both sides divide alike.
    fn parts(self) -> impl Iterator<Item = NumberRange> {
        let step = self.len().div_ceil(PARTS).max(1);
        let starts = (0..PARTS).map(move |part| self.after.saturating_add(part.saturating_mul(step)));
        starts
            .take_while(move |after| *after < self.up_to)
            .map(move |after| NumberRange { after, up_to: after.saturating_add(step).min(self.up_to) })
    }
}

/// The server's side: what it holds in a range, told by the digest up to a number and the hashes in a range. Numbers
/// beyond its last name nothing.
pub fn answer<E>(
    range: NumberRange,
    mut digest_up_to: impl FnMut(u64) -> Result<Digest, E>,
    hashes: impl FnOnce(NumberRange) -> Result<Vec<SegmentHash>, E>,
) -> Result<RangeAnswer, E> {
    if range.len() <= LISTED {
        let listed = hashes(range)?.into_iter().map(|hash| ByteArray::new(hash.0));
        return Ok(RangeAnswer::Hashes(listed.collect()));
    }
    let mut before = digest_up_to(range.after)?;
    let parts = range.parts().map(|part| {
        let after = digest_up_to(part.up_to)?;
        let part = after.minus(&before);
        before = after;
        Ok(ByteArray::new(*part.as_bytes()))
    });
    Ok(RangeAnswer::Parts(parts.collect::<Result<_, E>>()?))
}

/// What a device holds of a scope, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Up to this number it has a snapshot in place of segments; 0 for none.
    pub base: u64,
    /// The snapshot's digest.
    pub base_digest: Digest,
    /// Its segments after that, up to its cursor.
    pub segments: BTreeMap<u64, SegmentHash>,
    /// How far it has read the scope.
    pub cursor: u64,
}

impl Held {
    /// The set digest of all of it.
    pub fn digest(&self) -> Digest {
        let mut digest = self.base_digest;
        self.segments.values().for_each(|hash| digest.add(hash));
        digest
    }
}

/// What a repair found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The snapshot's part of the log is not the server's any more.
    pub below_base: bool,
    /// Numbers whose segments the device lacks.
    pub missing_here: Vec<u64>,
    /// Segments the server has not, or under other numbers.
    pub missing_there: Vec<SegmentHash>,
    /// The scope's last number at the server.
    pub head: u64,
}

/// The device's side of a repair.
#[derive(Debug)]
pub struct Repair {
    held: Held,
    /// The digest of the segments after the base up to each of them.
    sums: Vec<(u64, Digest)>,
    asked: Vec<NumberRange>,
    open: Vec<NumberRange>,
    rounds: usize,
    found: Difference,
}

impl Repair {
    /// Begins with what the device holds.
    pub fn begin(held: Held) -> Self {
        let mut sum = Digest::EMPTY;
        let sums = held.segments.iter().map(|(gsn, hash)| {
            sum.add(hash);
            (*gsn, sum)
        });
        let sums = sums.collect();
        let whole = [NumberRange { after: 0, up_to: held.base }, NumberRange { after: held.base, up_to: held.cursor }];
        let open = whole.into_iter().filter(|range| range.len() > 0).collect();
        Repair { held, sums, asked: Vec::new(), open, rounds: 0, found: Difference::default() }
    }

    /// What to ask next; `None` when all is known.
    ///
    /// # Errors
    /// [`RepairError::TooMuch`].
    pub fn next_question(&mut self) -> Result<Option<Vec<NumberRange>>, RepairError> {
        if self.open.is_empty() {
            return Ok(None);
        }
        let found = self.found.missing_here.len() + self.found.missing_there.len();
        if self.rounds == MAX_ROUNDS || found > MAX_FOUND {
            return Err(RepairError::TooMuch);
        }
        self.rounds += 1;
        let rest = self.open.split_off(self.open.len().min(MAX_RANGES));
        self.asked = std::mem::replace(&mut self.open, rest);
        Ok(Some(self.asked.clone()))
    }

    /// Takes the answer to the last question.
    ///
    /// # Errors
    /// [`RepairError::Unasked`].
    pub fn take_answer(&mut self, head: u64, answers: &[RangeAnswer]) -> Result<(), RepairError> {
        let asked = std::mem::take(&mut self.asked);
        if asked.is_empty() || asked.len() != answers.len() {
            return Err(RepairError::Unasked);
        }
        self.found.head = head;
        for (range, answer) in asked.into_iter().zip(answers) {
            match answer {
                RangeAnswer::Hashes(hashes) if range.len() <= LISTED => self.compare_hashes(range, hashes)?,
                RangeAnswer::Parts(digests) if range.len() > LISTED => self.compare_parts(range, digests)?,
                RangeAnswer::Hashes(_) | RangeAnswer::Parts(_) => return Err(RepairError::Unasked),
            }
        }
        Ok(())
    }

    /// What was found, once there is nothing more to ask.
    pub fn finish(self) -> Difference {
        self.found
    }

    fn compare_parts(&mut self, range: NumberRange, digests: &[ByteArray<32>]) -> Result<(), RepairError> {
        let parts: Vec<NumberRange> = range.parts().collect();
        if parts.len() != digests.len() {
            return Err(RepairError::Unasked);
        }
        let theirs = digests.iter().map(|digest| Digest::from_bytes(digest.into_array()));
        if range.after < self.held.base {
            let sum = theirs.fold(Digest::EMPTY, |sum, part| sum.plus(&part));
            self.found.below_base = sum != self.held.base_digest;
            return Ok(());
        }
        let differing = parts.into_iter().zip(theirs).filter(|(part, theirs)| self.digest(*part) != *theirs);
        let differing: Vec<NumberRange> = differing.map(|(part, _)| part).collect();
        self.open.extend(differing);
        Ok(())
    }

    fn compare_hashes(&mut self, range: NumberRange, hashes: &[ByteArray<32>]) -> Result<(), RepairError> {
        if hashes.len() as u64 > range.len() {
            return Err(RepairError::Unasked);
        }
        let theirs: Vec<SegmentHash> = hashes.iter().map(|hash| SegmentHash(hash.into_array())).collect();
        if range.after < self.held.base {
            self.found.below_base = theirs.iter().collect::<Digest>() != self.held.base_digest;
            return Ok(());
        }
        for (gsn, at) in (range.after + 1..=range.up_to).zip(0..) {
            let (ours, theirs) = (self.held.segments.get(&gsn), theirs.get(at));
            if ours == theirs {
                continue;
            }
            self.found.missing_here.extend(theirs.map(|_| gsn));
            self.found.missing_there.extend(ours);
        }
        Ok(())
    }

    /// The digest of what is held in a range after the base.
    fn digest(&self, range: NumberRange) -> Digest {
        let up_to = |gsn: u64| {
            let before = self.sums.partition_point(|(held, _)| *held <= gsn);
            before.checked_sub(1).map_or(Digest::EMPTY, |last| self.sums[last].1)
        };
        up_to(range.up_to).minus(&up_to(range.after))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::cbor;

    fn hash(number: u64) -> SegmentHash {
        SegmentHash(*blake3::hash(&number.to_le_bytes()).as_bytes())
    }

    /// A server that numbers these segments from 1 on.
    struct Server(Vec<SegmentHash>);

    impl Server {
        fn digest_up_to(&self, gsn: u64) -> Digest {
            self.0[..self.0.len().min(gsn as usize)].iter().collect()
        }

        fn answer(&self, ranges: &[NumberRange]) -> RepairResponse {
            let head = self.0.len();
            let told = ranges.iter().map(|range| {
                let within = |range: NumberRange| (range.after as usize).min(head)..(range.up_to as usize).min(head);
                let hashes = |range| Ok::<_, Infallible>(self.0[within(range)].to_vec());
                answer(*range, |gsn| Ok(self.digest_up_to(gsn)), hashes).expect("it knows")
            });
            RepairResponse { head: head as u64, ranges: told.collect(), segments: Vec::new() }
        }
    }

    /// Repairs; what was found, in how many answers, of how many bytes both ways.
    fn repaired(held: Held, server: &Server) -> (Difference, usize, usize) {
        let mut repair = Repair::begin(held);
        let (mut answers, mut bytes) = (0, 0);
        while let Some(ranges) = repair.next_question().expect("not too much") {
            let response = server.answer(&ranges);
            let scope = "81.71.01".parse().expect("a scope");
            let request = RepairRequest { scope, ranges, wanted: Vec::new(), credit_bytes: 0 };
            bytes += cbor::to_bytes(&request).len() + cbor::to_bytes(&response).len();
            repair.take_answer(response.head, &response.ranges).expect("an honest answer");
            answers += 1;
        }
        (repair.finish(), answers, bytes)
    }

    fn held(numbers: impl IntoIterator<Item = (u64, SegmentHash)>, cursor: u64) -> Held {
        Held { segments: numbers.into_iter().collect(), cursor, ..Held::default() }
    }

    #[test]
    fn one_missing_among_ten_thousand_costs_a_few_kilobytes() {
        let server = Server((1..=10_000).map(hash).collect());
        let (found, answers, bytes) =
            repaired(held((1..=10_000).filter(|n| *n != 7_777).map(|n| (n, hash(n))), 10_000), &server);
        let expected = Difference { missing_here: vec![7_777], head: 10_000, ..Difference::default() };
        assert_eq!((found, answers), (expected, 3));
        assert!(bytes < 4_000, "{bytes} bytes");
    }

    #[test]
    fn nothing_is_found_where_nothing_differs() {
        let server = Server((1..=5_000).map(hash).collect());
        let (found, answers, _) = repaired(held((1..=5_000).map(|n| (n, hash(n))), 5_000), &server);
        assert_eq!((found, answers), (Difference { head: 5_000, ..Difference::default() }, 1));
    }

    #[test]
    fn a_server_from_an_old_backup_and_a_device_with_holes_find_each_others_gaps() {
        // The server lost everything after 900 and has since numbered three others.
        let server = Server((1..=900).chain(5_000..5_003).map(hash).collect());
        let ours = (1..=1_000).filter(|n| !(400..410).contains(n)).map(|n| (n, hash(n)));
        let (found, ..) = repaired(held(ours, 1_000), &server);
        assert_eq!(found.missing_here, [(400..410).collect::<Vec<_>>(), vec![901, 902, 903]].concat());
        assert_eq!(found.missing_there, (901..=1_000).map(hash).collect::<Vec<_>>());
        assert_eq!((found.head, found.below_base), (903, false));
    }

    #[test]
    fn a_snapshot_is_compared_as_one() {
        let all: Vec<SegmentHash> = (1..=700).map(hash).collect();
        for (base, length, below_base) in [(20, 700, false), (500, 700, false), (500, 450, true), (20, 10, true)] {
            let server = Server(all[..length].to_vec());
            let after = (base + 1..=700).map(|n| (n, hash(n)));
            let base_digest = all[..base as usize].iter().collect();
            let held = Held { base, base_digest, segments: after.collect(), cursor: 700 };
            let (found, ..) = repaired(held, &server);
            assert_eq!(found.below_base, below_base, "base {base}, {length} at the server");
        }
    }

    #[test]
    fn lies_end_too() {
        let parts = |n| RangeAnswer::Parts(vec![ByteArray::new([n; 32]); 32]);
        let mut repair = Repair::begin(held([], u64::MAX));
        let mut rounds = 0;
        let outcome = loop {
            match repair.next_question() {
                Ok(Some(asked)) => {
                    rounds += 1;
                    let lie: Vec<RangeAnswer> = asked.iter().map(|_| parts(rounds as u8)).collect();
                    if let Err(error) = repair.take_answer(u64::MAX, &lie) {
                        break Err(error);
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        assert_eq!((outcome, rounds), (Err(RepairError::TooMuch), MAX_ROUNDS));

        let mut repair = Repair::begin(held([], 1_000));
        repair.next_question().expect("a question");
        assert_eq!(repair.take_answer(1_000, &[]), Err(RepairError::Unasked), "no answer");
        repair = Repair::begin(held([], 1_000));
        repair.next_question().expect("a question");
        assert_eq!(repair.take_answer(1_000, &[RangeAnswer::Parts(Vec::new())]), Err(RepairError::Unasked));
        repair = Repair::begin(held([], 1_000));
        repair.next_question().expect("a question");
        let hashes = RangeAnswer::Hashes(vec![ByteArray::new([1; 32]); 1_000]);
        assert_eq!(repair.take_answer(1_000, &[hashes]), Err(RepairError::Unasked), "not a short range");
        assert_eq!(repair.take_answer(1_000, &[parts(1)]), Err(RepairError::Unasked), "nothing was asked");
    }
}
