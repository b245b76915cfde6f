//! Finding a difference: questions a server is asked, and answers a device is given.

use std::convert::Infallible;

use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_protocol::cbor;
use arumbae_protocol::repair::{Held, NumberRange, RangeAnswer, Repair, RepairRequest, RepairResponse, answer};

use crate::allocation::within;
use crate::samples::scope;
use crate::{Damage, Decoder};

/// The first byte says whether a question follows or the answers to all questions of a device.
pub const DECODER: Decoder = Decoder { name: "repair", check, samples, damage: Damage::CutsNoticed };

const QUESTION: u8 = 0;
const ANSWERS: u8 = 1;

/// More than a device ever asks.
const ROUNDS: usize = 100;

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first()? {
        (&QUESTION, question) => check_question(question),
        (&ANSWERS, answers) => check_answers(answers),
        _ => None,
    }
}

fn check_question(bytes: &[u8]) -> Option<Vec<u8>> {
    let request: RepairRequest = within((2 << 20) + 64 * bytes.len(), || cbor::from_bytes(bytes)).ok()?;
    let held = held();
    for range in &request.ranges {
        within(8 << 10, || answered(*range, &held));
    }
    Some(cbor::to_bytes(&request))
}

fn check_answers(bytes: &[u8]) -> Option<Vec<u8>> {
    let answers: Vec<RepairResponse> = within((8 << 20) + 64 * bytes.len(), || cbor::from_bytes(bytes)).ok()?;
    let mut repair = Repair::begin(held());
    let mut given = answers.iter().cycle();
    for _ in 0..ROUNDS {
        let Ok(Some(asked)) = repair.next_question() else { return Some(cbor::to_bytes(&answers)) };
        let RepairResponse { head, ranges, segments: _ } = given.next()?;
        assert!(!asked.is_empty(), "an open question asks something");
        if repair.take_answer(*head, ranges).is_err() {
            return Some(cbor::to_bytes(&answers));
        }
    }
    panic!("a device stops asking");
}

/// What the device holds: a snapshot, and segments with a gap.
fn held() -> Held {
    let segments = (11..300).filter(|gsn| gsn % 97 != 0).map(|gsn| (gsn, hash(gsn))).collect();
    Held { base: 10, base_digest: Digest::EMPTY, segments, cursor: 299 }
}

fn hash(gsn: u64) -> SegmentHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&gsn.to_le_bytes());
    SegmentHash(hash)
}

/// What a server with these segments answers.
fn answered(range: NumberRange, held: &Held) -> RangeAnswer {
    let digest = |up_to: u64| Ok(held.segments.range(..=up_to).map(|(_, hash)| hash).collect::<Digest>());
    let hashes = |NumberRange { after, up_to }: NumberRange| {
        let listed = held.segments.iter().filter(move |(gsn, _)| after < **gsn && **gsn <= up_to);
        Ok(listed.map(|(_, hash)| *hash).collect())
    };
    let answer: Result<RangeAnswer, Infallible> = answer(range, digest, hashes);
    answer.unwrap_or_else(|never| match never {})
}

fn samples() -> Vec<Vec<u8>> {
    let ranges = vec![NumberRange { after: 0, up_to: 10 }, NumberRange { after: 10, up_to: 299 }];
    let whole = Held { segments: (1..300).map(|gsn| (gsn, hash(gsn))).collect(), ..held() };
    let mut repair = Repair::begin(held());
    let mut answers = Vec::new();
    while let Ok(Some(asked)) = repair.next_question() {
        let ranges: Vec<RangeAnswer> = asked.iter().map(|range| answered(*range, &whole)).collect();
        let _ = repair.take_answer(299, &ranges);
        answers.push(RepairResponse { head: 299, ranges, segments: Vec::new() });
    }
    let question = RepairRequest { scope: scope("81.71.01"), ranges, wanted: vec![12], credit_bytes: 1 << 20 };
    vec![[vec![QUESTION], cbor::to_bytes(&question)].concat(), [vec![ANSWERS], cbor::to_bytes(&answers)].concat()]
}
