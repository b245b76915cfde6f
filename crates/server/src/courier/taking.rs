//! Taking what couriers bring.

use std::collections::BTreeSet;
use std::convert::Infallible;

use arumbae_courier::{Refusal, open};
use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::attachment::METADATA_BLAKE3;
use arumbae_protocol::{
    AttachmentPiece, Bundle, Consignment, EnrolResponse, FailureCode, Notice, Receipt, Sender, Standing, Waybill,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;

use super::CourierError;
use crate::attachment::{AttachmentStore, Upload, UploadError};
use crate::exchange::Brought;
use crate::province::{Province, RequestError};

/// What a file brought.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Who packed it, and when.
    pub waybill: Waybill,
    /// The device that packed it.
    pub device: DeviceKey,
    /// Whether an earlier file has to come first for some of it: this one should then be taken once more.
    pub needs_earlier: bool,
    /// What its sender is to be told.
    pub reply: Reply,
}

/// What a device is to be told that brought something.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Receipts for what it brought.
    pub receipts: Vec<Receipt>,
    /// What was not accepted of it.
    pub notices: Vec<Notice>,
    /// Attachments it brought that are here whole.
    pub held: BTreeSet<BlobHash>,
    /// That it is enrolled.
    pub enrolled: Option<EnrolResponse>,
    /// Where it said it stands.
    pub standing: Standing,
}

impl Reply {
    /// Adds what a further file of the same device is told. What it said last of where it stands counts.
    pub fn add(&mut self, further: Reply) {
        let Reply { receipts, notices, held, enrolled, standing } = further;
        self.receipts.extend(receipts);
        self.notices.extend(notices);
        self.held.extend(held);
        self.enrolled = enrolled.or(self.enrolled.take());
        self.standing = standing;
    }
}

impl Province {
    /// Takes a file that a courier brought: opens it, judges it and, if nothing is wrong with it, enrols who asks for
    /// it and takes in what it holds.
    pub async fn take_consignment(&self, sealed: &[u8]) -> Result<Taken, CourierError> {
        let Consignment { waybill, bundle } = open(sealed, &self.keys().bundle)?;
        let Sender::Device(device) = waybill.from else { return Err(Refusal::OtherProvince.into()) };
        let Bundle {
            registry,
            vector: _,
            receipts,
            segments,
            standing,
            numbered,
            stretches,
            notices,
            attachments,
            held,
            enrol_request,
            enrol_response,
            later: _,
        } = bundle;
        let keys = self.registry().await?.keys(self.registry_key());
        // A device repeats the province's word at most; what only a province says it cannot say.
        let repeats = registry.iter().all(|entry| entry.verify(&keys.at(entry.seq)).is_ok())
            && receipts.iter().all(|receipt| keys.verify_receipt(receipt).is_ok());
        let silent = numbered.is_empty()
            && stretches.is_empty()
            && notices.is_empty()
            && held.is_empty()
            && enrol_response.is_none();
        let own_request = enrol_request.as_ref().is_none_or(|request| request.device_key == device);
        if !(repeats && silent && own_request) {
            return Err(Refusal::Forged.into());
        }
        let known = self.registry().await?.device(device).is_some();
        let mut reply = Reply { standing: standing.unwrap_or_default(), ..Reply::default() };
        match enrol_request {
            None if !known => return Err(Refusal::UnknownSender.into()),
            None => {}
            Some(request) => match self.enrol(request).await {
                Ok(response) => reply.enrolled = Some(response),
                // It was enrolled in another way meanwhile; what it brings counts all the same.
                Err(RequestError::Refused(_)) if known => {}
                Err(RequestError::Refused(code)) => return Err(refusal_of(code).into()),
                Err(error) => return Err(error.into()),
            },
        }
        let brought = Brought { segments, unpacked: Vec::new() };
        (reply.receipts, reply.notices) = self.take_in(brought, receipts).await?;
        let mut taken = Taken { waybill, device, needs_earlier: false, reply };
        for piece in attachments {
            taken.take_piece(&self.attachments, piece).await?;
        }
        tracing::info!(
            part = taken.waybill.part,
            parts = taken.waybill.parts,
            receipts = taken.reply.receipts.len(),
            "a courier's file was taken"
        );
        Ok(taken)
    }
}

impl Taken {
    /// Pieces of an attachment are taken in their order; one that comes too early is left for the next time.
    async fn take_piece(&mut self, store: &AttachmentStore, piece: AttachmentPiece) -> Result<(), CourierError> {
        match self.append_piece(store, &piece).await {
            Ok(()) => {}
            // Not what its name says, or more than is kept: its sender keeps it and brings it again.
            Err(UploadError::WrongContent | UploadError::TooLarge | UploadError::TooManyUnfinished) => {}
            // Another request writes it at this moment.
            Err(UploadError::OffsetMismatch | UploadError::NotFound | UploadError::CutOff) => self.needs_earlier = true,
            Err(UploadError::Store(error)) => return Err(error.into()),
        }
        if store.find(piece.hash).await? == Some(piece.byte_length) {
            self.reply.held.insert(piece.hash);
        }
        Ok(())
    }

    async fn append_piece(&mut self, store: &AttachmentStore, piece: &AttachmentPiece) -> Result<(), UploadError> {
        let AttachmentPiece { hash, byte_length, offset, bytes } = piece;
        let upload = Upload { device: self.device, hash: *hash, length: *byte_length };
        if store.find(*hash).await? == Some(*byte_length) {
            return Ok(());
        }
        let metadata = format!("{METADATA_BLAKE3} {}", STANDARD.encode(hash.to_string()));
        let held = store.open_upload(upload, &metadata).await?.offset;
        if *offset > held {
            self.needs_earlier = true;
            return Ok(());
        }
        // It may overlap what came over a link meanwhile.
        match bytes.get((held - offset) as usize..) {
            Some(new) if !new.is_empty() => {
                let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(new))]);
                store.append(upload, held, body, Vec::new()).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}

fn refusal_of(code: FailureCode) -> Refusal {
    match code {
        FailureCode::BadSignature => Refusal::Forged,
        FailureCode::UnsupportedProtocol => Refusal::NewerFormat,
        code => Refusal::NotEnrollable(code),
    }
}
