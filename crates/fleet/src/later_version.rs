//! A device whose program is newer than everybody else's: it writes fields, kinds, operations and formats nobody here
//! knows.

use arumbae_domain::Scope;
use arumbae_domain::schema::{FieldNo, RecordId, Value};
use arumbae_mergelog::{
    ClockQuality, DeviceKey, Hlc, KindNo, Lane, LaneCursor, Operation, Save, SealedSegment, compression,
};
use arumbae_protocol::{EnrolRequest, PersonClaim, Role, SyncRequest};
use arumbae_server::{NewInvitation, Province};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use ed25519_dalek::SigningKey;
use rand_core::RngCore;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::dice::Dice;
use crate::laptop::new_id;
use crate::simulation::Breach;

/// No kind of ours will have this field for a while.
const LATER_FIELD: FieldNo = FieldNo(901);
const LATER_KIND: KindNo = KindNo(901);
const LATER_SCHEMA: u16 = 901;

/// Such a device. It only writes; what it reads is nobody's concern here.
pub struct LaterVersion {
    key: SigningKey,
    person: Uuid,
    lane: Lane,
    cursor: LaneCursor,
    last: Hlc,
}

impl LaterVersion {
    /// A registered officer of `scope`, with the newest program.
    pub async fn enrol(
        province: &Province,
        scope: &Scope,
        now_ms: u64,
        dice: &mut Dice,
    ) -> Result<LaterVersion, Breach> {
        let mut seed = [0; 32];
        dice.fill_bytes(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let person = new_id(now_ms, dice);
        register(province, &key, person, (Role::Petugas, scope), dice).await?;
        let lane = Lane {
            device: DeviceKey(key.verifying_key().to_bytes()),
            incarnation: dice.next_u64() >> 1,
            scope: scope.clone(),
        };
        Ok(LaterVersion { key, person, lane, cursor: LaneCursor::default(), last: Hlc::default() })
    }

    /// Where it writes.
    pub fn scope(&self) -> &Scope {
        &self.lane.scope
    }

    /// Writes about `record` and about one of its own, and sends it.
    pub async fn write(
        &mut self,
        province: &Province,
        record: RecordId,
        now_ms: u64,
        dice: &mut Dice,
    ) -> Result<(), Breach> {
        self.last = self.last.tick(now_ms);
        let own = RecordId(new_id(now_ms, dice));
        let mut body = vec![0; dice.below(40)];
        dice.fill_bytes(&mut body);
        let set = |record, text: &str| Operation::Set {
            record,
            field: LATER_FIELD,
            value: Value::Text(text.to_owned()),
            preds: Vec::new(),
        };
        let save = Save {
            seq: self.cursor.next_seq,
            hlc: self.last,
            actor: self.person,
            policy_epoch: 0,
            schema_version: LATER_SCHEMA,
            deps: Vec::new(),
            ops: vec![
                set(record, "dari versi kemudian"),
                Operation::Unknown { code: Operation::FIRST_LATER_CODE + 4, record, body },
                Operation::Create { record: own, kind: LATER_KIND },
                set(own, "jenis yang belum dikenal"),
            ],
        };
        let clock = ClockQuality { offset_ms: 0, uncertainty_ms: u32::MAX };
        let segment = SealedSegment::seal(&self.lane, self.cursor.head_hash, &[save], clock, &self.key)
            .map_err(Breach::of("a later version's save cannot be sealed"))?;
        // Sometimes in a format that nobody else can open, only keep and pass on.
        let segment = if dice.chance(300) {
            segment.forge_newer(&self.key).map_err(Breach::of("a later format's header cannot be read"))?
        } else {
            segment
        };
        let request = SyncRequest {
            incarnation: self.lane.incarnation,
            segments: vec![ByteBuf::from(compression::compress(segment.bytes()))],
            ..SyncRequest::default()
        };
        let answer = province
            .exchange(self.lane.device, self.person, request)
            .await
            .map_err(Breach::of("a later version is not served"))?;
        if answer.receipts.len() != 1 {
            return Err(Breach::new("what a later version wrote got no receipt"));
        }
        self.cursor = self.cursor.after(segment.header(), segment.hash());
        Ok(())
    }
}

/// Makes a device known to the province as that of a person with one grant.
pub async fn register(
    province: &Province,
    key: &SigningKey,
    person: Uuid,
    (role, scope): (Role, &Scope),
    dice: &mut Dice,
) -> Result<(), Breach> {
    let invitation = province
        .invite(NewInvitation {
            role,
            scope: scope.clone(),
            days: 7,
            person: None,
            server_url: Some(crate::ADDRESS.to_owned()),
        })
        .await
        .map_err(Breach::of("no invitation"))?;
    let name = "CONTOH Perangkat".to_owned();
    let subject = Subject { common_name: name.clone(), position: String::new(), office: invitation.office.clone() };
    let csr =
        certificate_request(&SoftwareKey::generate(dice), &subject).map_err(Breach::of("no certificate request"))?;
    let claim = PersonClaim { id: person, name, position: String::new() };
    let request = EnrolRequest::new(invitation.token, key, claim, csr);
    province.enrol(request).await.map_err(Breach::of("a device is not enrolled"))?;
    Ok(())
}
