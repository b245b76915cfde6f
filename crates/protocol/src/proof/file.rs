//! The proof as a file: JSON, so that it can be read with nothing but an editor; see `docs/proof.md`.

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::segment::SegmentError;
use arumbae_mergelog::{DeviceKey, Leaf, SaveProof, SignedHeader};
use serde::{Deserialize, Serialize};

use super::{ProofSegment, RecordProof};
use crate::keys::{RegistryKey, SignatureBytes};
use crate::receipt::Receipt;
use crate::registry::SignedEntry;

/// The format this version writes, and the newest it reads.
const FORMAT: u16 = 1;

/// The largest proof, in bytes: it is read as a whole.
pub const MAX_PROOF: usize = 64 << 20;

/// Why bytes are no proof; never what is in them.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// More bytes than a proof may have.
    #[error("the file exceeds {MAX_PROOF} bytes")]
    TooLarge,
    /// Not JSON, or JSON of another shape: another file, or a proof that was cut short.
    #[error("the file is not a record's proof")]
    NotAProof(#[source] serde_json::Error),
    /// Written by a later version in a way this one cannot read.
    #[error("the proof has format {found}, this program knows {FORMAT}")]
    NewerFormat {
        /// Its format.
        found: u16,
    },
    /// A header in it is none.
    #[error("a segment's header in the proof cannot be read")]
    BadHeader(#[source] SegmentError),
}

/// What every format of the file has.
#[derive(Deserialize)]
struct Marked {
    arumbae_proof: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofOnFile {
    arumbae_proof: u16,
    record: RecordId,
    made_ms: u64,
    #[serde(with = "hexadecimal::optional")]
    registry_key: Option<[u8; 32]>,
    #[serde(with = "hexadecimal")]
    maker: [u8; 32],
    #[serde(with = "base64_text::array")]
    signature: [u8; 64],
    segments: Vec<SegmentOnFile>,
    registry: Vec<EntryOnFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentOnFile {
    #[serde(with = "base64_text")]
    header: Vec<u8>,
    #[serde(with = "base64_text::array")]
    signature: [u8; 64],
    receipt: Option<ReceiptOnFile>,
    saves: Vec<SaveOnFile>,
}

/// The rest of a receipt is what the header says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptOnFile {
    gsn: u64,
    received_ms: u64,
    #[serde(with = "base64_text::array")]
    signature: [u8; 64],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaveOnFile {
    seq: u64,
    #[serde(flatten)]
    leaf: LeafOnFile,
    path: Vec<HashOnFile>,
    body_hash: HashOnFile,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LeafOnFile {
    #[serde(with = "base64_text")]
    Leaf(Vec<u8>),
    #[serde(with = "hexadecimal")]
    ErasedLeaf([u8; 32]),
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct HashOnFile(#[serde(with = "hexadecimal")] [u8; 32]);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryOnFile {
    seq: u64,
    prev_hash: HashOnFile,
    at_ms: u64,
    #[serde(with = "base64_text")]
    entry: Vec<u8>,
    #[serde(with = "base64_text::array")]
    signature: [u8; 64],
}

impl RecordProof {
    /// The proof as a file.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(&ProofOnFile::from(self))
            // Numbers, texts and lists of them: nothing JSON cannot hold.
            .expect("a proof is always encodable");
        bytes.push(b'\n');
        bytes
    }

    /// Reads what [`to_json`](Self::to_json) wrote. Nothing is verified yet.
    pub fn from_json(bytes: &[u8]) -> Result<RecordProof, ProofError> {
        if bytes.len() > MAX_PROOF {
            return Err(ProofError::TooLarge);
        }
        let Marked { arumbae_proof: found } = serde_json::from_slice(bytes).map_err(ProofError::NotAProof)?;
        if found != FORMAT {
            return Err(ProofError::NewerFormat { found });
        }
        let file: ProofOnFile = serde_json::from_slice(bytes).map_err(ProofError::NotAProof)?;
        RecordProof::try_from(file)
    }
}

impl From<&RecordProof> for ProofOnFile {
    fn from(proof: &RecordProof) -> Self {
        let RecordProof { record, made_ms, registry_key, segments, registry, maker, signature } = proof;
        ProofOnFile {
            arumbae_proof: FORMAT,
            record: *record,
            made_ms: *made_ms,
            registry_key: registry_key.map(|key| key.0),
            maker: maker.0,
            signature: signature.0,
            segments: segments.iter().map(SegmentOnFile::from).collect(),
            registry: registry.iter().map(EntryOnFile::from).collect(),
        }
    }
}

impl TryFrom<ProofOnFile> for RecordProof {
    type Error = ProofError;

    fn try_from(file: ProofOnFile) -> Result<Self, ProofError> {
        let ProofOnFile { arumbae_proof: _, record, made_ms, registry_key, maker, signature, segments, registry } =
            file;
        Ok(RecordProof {
            record,
            made_ms,
            registry_key: registry_key.map(RegistryKey),
            segments: segments.into_iter().map(ProofSegment::try_from).collect::<Result<_, _>>()?,
            registry: registry.into_iter().map(SignedEntry::from).collect(),
            maker: DeviceKey(maker),
            signature: SignatureBytes(signature),
        })
    }
}

impl From<&ProofSegment> for SegmentOnFile {
    fn from(segment: &ProofSegment) -> Self {
        let ProofSegment { header, receipt, saves } = segment;
        SegmentOnFile {
            header: header.bytes().to_vec(),
            signature: *header.signature(),
            receipt: receipt.as_ref().map(|receipt| {
                let Receipt { lane: _, first_seq: _, count: _, hash: _, gsn, received_ms, signature } = receipt;
                ReceiptOnFile { gsn: *gsn, received_ms: *received_ms, signature: signature.0 }
            }),
            saves: saves.iter().map(SaveOnFile::from).collect(),
        }
    }
}

impl TryFrom<SegmentOnFile> for ProofSegment {
    type Error = ProofError;

    fn try_from(SegmentOnFile { header, signature, receipt, saves }: SegmentOnFile) -> Result<Self, ProofError> {
        let header = SignedHeader::from_parts(header, signature).map_err(ProofError::BadHeader)?;
        let receipt = receipt.map(|ReceiptOnFile { gsn, received_ms, signature }| Receipt {
            lane: header.header().lane.clone(),
            first_seq: header.header().first_seq,
            count: header.header().count,
            hash: header.hash(),
            gsn,
            received_ms,
            signature: SignatureBytes(signature),
        });
        Ok(ProofSegment { header, receipt, saves: saves.into_iter().map(SaveProof::from).collect() })
    }
}

impl From<&SaveProof> for SaveOnFile {
    fn from(SaveProof { seq, leaf, path, body_hash }: &SaveProof) -> Self {
        SaveOnFile {
            seq: *seq,
            leaf: match leaf {
                Leaf::Whole(bytes) => LeafOnFile::Leaf(bytes.clone()),
                Leaf::Erased(hash) => LeafOnFile::ErasedLeaf(*hash),
            },
            path: path.iter().copied().map(HashOnFile).collect(),
            body_hash: HashOnFile(*body_hash),
        }
    }
}

impl From<SaveOnFile> for SaveProof {
    fn from(SaveOnFile { seq, leaf, path, body_hash }: SaveOnFile) -> Self {
        let leaf = match leaf {
            LeafOnFile::Leaf(bytes) => Leaf::Whole(bytes),
            LeafOnFile::ErasedLeaf(hash) => Leaf::Erased(hash),
        };
        SaveProof { seq, leaf, path: path.into_iter().map(|HashOnFile(hash)| hash).collect(), body_hash: body_hash.0 }
    }
}

impl From<&SignedEntry> for EntryOnFile {
    fn from(SignedEntry { seq, prev_hash, at_ms, entry, signature }: &SignedEntry) -> Self {
        EntryOnFile {
            seq: *seq,
            prev_hash: HashOnFile(*prev_hash),
            at_ms: *at_ms,
            entry: entry.clone(),
            signature: signature.0,
        }
    }
}

impl From<EntryOnFile> for SignedEntry {
    fn from(EntryOnFile { seq, prev_hash, at_ms, entry, signature }: EntryOnFile) -> Self {
        SignedEntry { seq, prev_hash: prev_hash.0, at_ms, entry, signature: SignatureBytes(signature) }
    }
}

/// Bytes as base64 (RFC 4648, with padding).
mod base64_text {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map_err(|_| D::Error::custom("not base64"))
    }

    pub mod array {
        use super::*;

        pub fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
            super::serialize(bytes, serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
            super::deserialize(deserializer)?.try_into().map_err(|_| D::Error::custom("bytes of another length"))
        }
    }
}

/// Keys and hashes as they are compared by eye.
mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(|_| D::Error::custom("not 64 hexadecimal digits"))?;
        Ok(bytes)
    }

    pub mod optional {
        use super::*;

        pub fn serialize<S: Serializer>(bytes: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
            match bytes {
                Some(bytes) => super::serialize(bytes, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
            #[derive(Deserialize)]
            struct Key(#[serde(with = "super")] [u8; 32]);

            Ok(Option::<Key>::deserialize(deserializer)?.map(|Key(bytes)| bytes))
        }
    }
}
