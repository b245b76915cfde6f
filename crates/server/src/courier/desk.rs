//! The desk where sticks are handed in: every file on one is taken, and each sender's answer is put beside them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use arumbae_courier::{FileName, PartSize, Stick};
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{Registry, Standing};

use super::{AttachmentAllowance, CourierError, Packed, Reply, Taken};
use crate::province::Province;

/// Drawn for no device: whoever stands there is sent everything, their own segments included.
const NO_INCARNATION: u64 = u64::MAX;

/// How answers are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnswerRules {
    /// How large their files become.
    pub size: PartSize,
    /// Which attachments go along.
    pub allowance: AttachmentAllowance,
}

/// A stick that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct StickError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the machine said.
    #[source]
    pub source: io::Error,
}

/// What can go wrong at the desk as a whole.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A stick could not be read or written.
    #[error(transparent)]
    Stick(#[from] StickError),
    /// The server could not do its part.
    #[error(transparent)]
    Courier(#[from] CourierError),
}

/// A file that was handed in.
#[derive(Debug)]
pub struct HandedIn {
    /// Its name.
    pub name: String,
    /// What it brought, or why it was refused.
    pub outcome: Result<Taken, CourierError>,
}

/// An answer that lies on a stick.
#[derive(Debug)]
pub struct Answer {
    /// What it holds.
    pub packed: Packed,
    /// Its files.
    pub files: Vec<PathBuf>,
}

/// Where a device is at home: the region of its owner's first role.
pub fn place_of(registry: &Registry, device: DeviceKey) -> String {
    let owner = registry.owner_of(device);
    let scope = owner.and_then(|owner| registry.readable_scopes(owner).into_iter().next());
    scope.map(|scope| scope.region().to_string()).unwrap_or_default()
}

impl Province {
    /// Takes files in the order of their names, which is that of their parts. A refused one does not keep the others
    /// from being taken.
    ///
    /// # Errors
    /// If a file cannot be read, or the server fails; a refusal is told file by file.
    pub async fn hand_in(&self, mut files: Vec<PathBuf>) -> Result<Vec<HandedIn>, DeskError> {
        files.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        let mut handed_in = Vec::new();
        for path in files {
            let sealed = Stick::read(&path).map_err(|source| StickError { path: path.clone(), source })?;
            let outcome = match self.take_consignment(&sealed).await {
                Err(CourierError::Failed(error)) => return Err(CourierError::Failed(error).into()),
                outcome => outcome,
            };
            handed_in.push(HandedIn { name: name_of(&path), outcome });
        }
        Ok(handed_in)
    }

    /// Puts an answer for every device that brought something on a stick. A revoked device gets none.
    pub async fn answer(
        &self,
        handed_in: &[HandedIn],
        stick: &Stick,
        rules: AnswerRules,
    ) -> Result<Vec<Answer>, DeskError> {
        let mut replies: BTreeMap<DeviceKey, Reply> = BTreeMap::new();
        for taken in handed_in.iter().flat_map(|file| &file.outcome) {
            replies.entry(taken.device).or_default().add(taken.reply.clone());
        }
        let registry = self.registry().await.map_err(CourierError::from)?;
        replies.retain(|device, _| registry.device(*device).is_some_and(|device| device.revocation.is_none()));
        let mut answers = Vec::new();
        for (device, reply) in replies {
            answers.push(self.put_on_stick(device, reply, stick, rules).await?);
        }
        Ok(answers)
    }

    /// Puts everything a device may read on a stick, for one that has brought nothing or lost what it had.
    pub async fn pack_whole(&self, device: DeviceKey, stick: &Stick, rules: AnswerRules) -> Result<Answer, DeskError> {
        let standing = Standing { incarnation: NO_INCARNATION, ..Standing::default() };
        self.put_on_stick(device, Reply { standing, ..Reply::default() }, stick, rules).await
    }

    async fn put_on_stick(
        &self,
        device: DeviceKey,
        reply: Reply,
        stick: &Stick,
        rules: AnswerRules,
    ) -> Result<Answer, DeskError> {
        let failed = |source| StickError { path: stick.path().to_owned(), source };
        let registry = self.registry().await.map_err(CourierError::from)?;
        let names = FileName::between(self.office(), &place_of(&registry, device));
        let packed = self.pack_for(device, reply, rules.size, rules.allowance).await?;
        stick.clear_unfinished().map_err(failed)?;
        let mut files = Vec::new();
        for waybill in packed.waybills() {
            let sealed = self.seal_part(&packed, &waybill)?;
            files.push(stick.put(&names.of(&waybill), &sealed).map_err(failed)?);
        }
        Ok(Answer { packed, files })
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
