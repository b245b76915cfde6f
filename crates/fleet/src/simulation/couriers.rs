//! Sticks that go from laptop to laptop, or to the province and back: really packed, sealed and taken.

use arumbae_courier::{PartSize, Refusal};
use arumbae_server::courier::{AttachmentAllowance, CourierError as AtProvince, Reply};
use arumbae_sync::Surroundings;
use arumbae_sync::courier::{self, Addressee, CourierError};
use rand_core::RngCore;

use super::{Breach, Simulation};

/// Small, so that most shipments have several files to be lost and mixed up.
const SIZE: usize = PartSize::LEAST;

impl Simulation<'_> {
    /// A stick goes from one laptop to another, or to the province and back.
    pub(super) fn send_courier(&mut self, giver: usize) -> Result<bool, Breach> {
        if !self.laptops[giver].enrolled {
            return Ok(false);
        }
        if self.fortune.chance(300) {
            return self.carry_to_province(giver);
        }
        let taker = self.fortune.below(self.laptops.len());
        if taker == giver || !self.laptops[taker].enrolled {
            return Ok(false);
        }
        let to = Addressee::Colleague(self.laptops[taker].device()?);
        let Some(mut files) = self.pack(giver, to)? else { return Ok(false) };
        let packed = files.len();
        self.mix_up(&mut files);
        let (mut received, mut refused) = (0, 0);
        for file in &files {
            match self.take(taker, file)? {
                Some(saves) => received += saves,
                None => refused += 1,
            }
        }
        self.note(format!(
            "laptop {taker}: {packed} files by courier from {giver}, {} came: {received} saves new, {refused} refused",
            files.len()
        ));
        Ok(true)
    }

    fn carry_to_province(&mut self, giver: usize) -> Result<bool, Breach> {
        if !self.server.is_up() {
            return Ok(false);
        }
        let Some(mut files) = self.pack(giver, Addressee::Province)? else { return Ok(false) };
        self.mix_up(&mut files);
        let province = self.server.province()?;
        let mut reply = Reply::default();
        for file in &files {
            let taken = self
                .runtime
                .block_on(province.take_consignment(file))
                .map_err(Breach::of("a stick is not taken at the province"))?;
            reply.add(taken.reply);
        }
        let (receipts, notices) = (reply.receipts.len(), reply.notices.len());
        let mut answers = Vec::new();
        let device = self.laptops[giver].device()?;
        let size = PartSize::bytes(SIZE);
        match self.runtime.block_on(province.pack_for(device, reply, size, AttachmentAllowance::default())) {
            Ok(packed) => {
                for waybill in packed.waybills() {
                    let sealed = province.seal_part(&packed, &waybill);
                    answers.push(sealed.map_err(Breach::of("an answer is not sealed"))?);
                }
            }
            // It was revoked meanwhile.
            Err(AtProvince::Refused(Refusal::UnknownSender)) => {}
            Err(error) => return Err(Breach::of("an answer is not packed")(error)),
        }
        self.mix_up(&mut answers);
        let came = answers.len();
        for answer in answers {
            self.take(giver, &answer)?;
        }
        self.note(format!(
            "laptop {giver}: {} files by courier to the province: {receipts} receipts, {notices} refused; {came} files \
             came back",
            files.len()
        ));
        Ok(true)
    }

    /// `None` if the giver has never heard of whom it would be for.
    fn pack(&mut self, giver: usize, to: Addressee) -> Result<Option<Vec<Vec<u8>>>, Breach> {
        let now_ms = self.laptops[giver].desk.now_ms();
        let mut chance = self.laptops[giver].chance();
        let mut id = [0; 16];
        chance.fill_bytes(&mut id);
        let mut store = self.laptops[giver].store()?;
        let packing = match courier::pack(&mut store, to, PartSize::bytes(SIZE), (id, now_ms)) {
            Ok(packing) => packing,
            Err(CourierError::Refused(_)) => return Ok(None),
            Err(error) => return Err(Breach::of("a stick cannot be packed")(error)),
        };
        let mut files = Vec::new();
        for waybill in packing.waybills() {
            let sealed = packing.seal_part(&store, &waybill, &mut chance);
            files.push(sealed.map_err(Breach::of("a stick cannot be sealed"))?);
        }
        packing.note_consigned(&mut store, now_ms).map_err(Breach::of("what was packed is not noted"))?;
        Ok(Some(files))
    }

    /// How many saves were new; `None` for a file that was refused.
    fn take(&mut self, taker: usize, file: &[u8]) -> Result<Option<u64>, Breach> {
        let now_ms = self.laptops[taker].desk.now_ms();
        let mut chance = self.laptops[taker].chance();
        let mut store = self.laptops[taker].store()?;
        match courier::take(&mut store, file, now_ms, &mut chance) {
            Ok(taken) => Ok(Some(taken.received_saves)),
            // Packed by a laptop that was revoked meanwhile.
            Err(CourierError::Refused(Refusal::UnknownSender)) => Ok(None),
            Err(error) => Err(Breach::of("a stick is not taken")(error)),
        }
    }

    /// Files get lost, are copied twice and come in any order.
    fn mix_up(&mut self, files: &mut Vec<Vec<u8>>) {
        if self.fortune.chance(500) {
            self.fortune.shuffle(files);
        }
        if self.fortune.chance(400) {
            let kept = self.fortune.below(files.len() + 1);
            files.truncate(kept);
        }
        if self.fortune.chance(300) {
            files.extend(files.clone());
        }
    }
}
