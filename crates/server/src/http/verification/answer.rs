//! The one answer about a document, from the file's own signatures and from the log.

use arumbae_signing::verify::{Verdict, Verification};
use http::StatusCode;

use crate::document_register::{RegisteredDocument, RegisteredFile};

/// What can be said about what somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The code's document is in the log; the file itself was not looked at.
    Registered(RegisteredDocument),
    /// The file is the document's present one, and signed.
    Genuine {
        document: RegisteredDocument,
        /// What checking its signatures gave; `None` if the file stayed with who asked.
        checked: Option<Verification>,
    },
    /// The file is the document's present one, and not signed.
    Unsigned(RegisteredDocument),
    /// The document has a later file.
    Superseded(RegisteredDocument),
    /// The document was withdrawn.
    Withdrawn(RegisteredDocument),
    /// Its signatures are valid, but the log does not know the file.
    NotRegistered(Verification),
    /// Neither the log nor a signature speaks for it.
    Refuted(Verification),
    /// The log does not know the code or the hash.
    Unknown,
    /// More bytes than are checked here.
    TooLarge,
    /// The form was sent empty.
    NoFile,
}

/// How an answer is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Warn,
    Bad,
}

impl Answer {
    /// About the document a QR code names.
    pub(super) fn of_code(found: Option<RegisteredDocument>) -> Answer {
        match found {
            None => Answer::Unknown,
            Some(document) if document.withdrawn => Answer::Withdrawn(document),
            Some(document) => Answer::Registered(document),
        }
    }

    /// About a file that was named by its hash.
    pub(super) fn of_hash(found: Option<RegisteredFile>) -> Answer {
        found.map_or(Answer::Unknown, |file| Answer::of_registered(file, None))
    }

    /// About a file that was sent.
    pub(super) fn of_file(checked: Verification, found: Option<RegisteredFile>) -> Answer {
        match (checked.verdict, found) {
            // An office may register what it likes; a signature that does not hold is not healed by that.
            (Verdict::Genuine | Verdict::Unsigned, Some(file)) => Answer::of_registered(file, Some(checked)),
            (Verdict::Genuine, None) => Answer::NotRegistered(checked),
            _ => Answer::Refuted(checked),
        }
    }

    fn of_registered(file: RegisteredFile, checked: Option<Verification>) -> Answer {
        let RegisteredFile { document, received_ms, is_present } = file;
        let signed = checked.as_ref().map_or(document.signed, |checked| checked.verdict == Verdict::Genuine);
        // What was received is the file, and later revisions of a document come later.
        let document = RegisteredDocument { received_ms, ..document };
        match () {
            () if document.withdrawn => Answer::Withdrawn(document),
            () if !is_present => Answer::Superseded(document),
            () if signed => Answer::Genuine { document, checked },
            () => Answer::Unsigned(document),
        }
    }

    /// The message that says it.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Answer::Registered(_) => "verification-registered",
            Answer::Genuine { checked: None, .. } => "verification-genuine",
            Answer::Genuine { checked: Some(_), .. } => "verification-genuine-signed",
            Answer::Unsigned(_) => "verification-unsigned",
            Answer::Superseded(_) => "verification-superseded",
            Answer::Withdrawn(_) => "verification-withdrawn",
            Answer::NotRegistered(_) => "verification-not-registered",
            Answer::Refuted(checked) => match checked.verdict {
                Verdict::Genuine | Verdict::Untrusted => "verification-untrusted",
                Verdict::Unsigned => "verification-file-unsigned",
                Verdict::Altered => "verification-altered",
                Verdict::Damaged => "verification-damaged",
                Verdict::NotPdf => "verification-not-pdf",
            },
            Answer::Unknown => "verification-unknown",
            Answer::TooLarge => "verification-too-large",
            Answer::NoFile => "verification-no-file",
        }
    }

    pub(super) fn tone(&self) -> Tone {
        match self {
            Answer::Registered(document) | Answer::Genuine { document, .. } if document.is_doubtful() => Tone::Warn,
            Answer::Registered(_) | Answer::Genuine { .. } => Tone::Good,
            Answer::Refuted(checked) if checked.verdict == Verdict::Altered => Tone::Bad,
            Answer::Withdrawn(_) => Tone::Bad,
            _ => Tone::Warn,
        }
    }

    /// Scripts ask by it whether a hash is known.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Answer::Unknown => StatusCode::NOT_FOUND,
            Answer::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Answer::NoFile => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        }
    }

    /// What the log says of the document.
    pub(super) fn document(&self) -> Option<&RegisteredDocument> {
        match self {
            Answer::Registered(document)
            | Answer::Genuine { document, .. }
            | Answer::Unsigned(document)
            | Answer::Superseded(document)
            | Answer::Withdrawn(document) => Some(document),
            _ => None,
        }
    }

    /// What the file's signatures say.
    pub(super) fn checked(&self) -> Option<&Verification> {
        match self {
            Answer::Genuine { checked, .. } => checked.as_ref(),
            Answer::NotRegistered(checked) | Answer::Refuted(checked) => Some(checked),
            _ => None,
        }
    }
}
