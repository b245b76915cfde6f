//! What a person does at the screen, and what they see there.
//!
//! Nothing here waits for a time to pass: everything is tried until the screen answers, or the test fails with a picture
//! of it. About one WebDriver command in three hundred loses its connection on the way, so every doing can tell whether it
//! happened before it is done again.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::{Value, json};

use crate::tools::checkout;

/// Long enough for a slow machine to stretch a key, open the sample province or compose a document.
const PATIENCE: Duration = Duration::from_secs(60);
/// No command takes this long unless the program hangs.
const COMMAND_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(40);

pub const ENTER: char = '\u{e007}';

/// The name WebDriver gives a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Gives the first element at an XPath that can be seen.
const FIND: &str = "
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let at = 0; at < found.snapshotLength; at++) {
        const element = found.snapshotItem(at);
        if (element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible') return element;
    }
    return null;";

/// The window as its user has it before them.
pub struct Screen {
    client: Client,
    pictures: PathBuf,
    name: &'static str,
    taken: Cell<usize>,
}

/// The control whose label says this.
pub fn labelled(label: &str) -> String {
    format!("//*[@id=//label[normalize-space(text())='{label}']/@for]")
}

/// The control of a record's field, named by its path: `witnesses[0].name`.
pub fn field(path: &str) -> String {
    format!("//*[@data-field='{path}']//*[self::input or self::textarea or self::button]")
}

/// Whatever can be pressed and says this, alone or as one of its lines.
fn pressable(words: &str) -> String {
    let says = format!("normalize-space(.)='{words}' or .//*[normalize-space(.)='{words}']");
    let kinds = "self::button or self::a or self::label or self::td or @role='tab' or @role='option'";
    format!("//*[({kinds}) and not(@disabled) and ({says})]")
}

impl Screen {
    /// `name` begins the names of the pictures.
    pub fn new(client: Client, name: &'static str, taken: usize) -> Self {
        let pictures = checkout().join("target/screenshots/window");
        std::fs::create_dir_all(&pictures).expect("a writable target folder");
        // A failure of an earlier run must not be taken for one of this.
        let _ = std::fs::remove_file(pictures.join(format!("failed-{name}.png")));
        Self { client, pictures, name, taken: Cell::new(taken) }
    }

    /// How many pictures were taken; the next screen counts on.
    pub fn taken(&self) -> usize {
        self.taken.get()
    }

    // Looking

    /// Waits until these words can be read.
    pub async fn sees(&self, words: &str) {
        let wanted = simplified(words);
        self.until(&format!("{words:?} can be read"), async || self.text().await.contains(&wanted)).await;
    }

    /// Whether these words can be read right now.
    pub async fn reads(&self, words: &str) -> bool {
        self.text().await.contains(&simplified(words))
    }

    /// Waits until these words can no longer be read.
    pub async fn no_longer_sees(&self, words: &str) {
        let wanted = simplified(words);
        self.until(&format!("{words:?} is gone"), async || !self.text().await.contains(&wanted)).await;
    }

    /// Waits until the element is there.
    pub async fn finds(&self, path: &str) {
        self.until(&format!("{path} is there"), async || self.look_for(path).await.is_some()).await;
    }

    /// Waits until a control holds this text.
    pub async fn holds(&self, path: &str, text: &str) {
        self.until(&format!("{path} holds {text:?}"), async || self.value(path).await == text).await;
    }

    /// All that can be read, without differences of case and spaces.
    async fn text(&self) -> String {
        simplified(self.ask("return document.body.innerText", vec![]).await.as_str().unwrap_or_default())
    }

    /// What a control holds; nothing while it is not there.
    async fn value(&self, path: &str) -> String {
        let value = self.ask(&format!("return (() => {{ {FIND} }})()?.value ?? ''"), vec![json!(path)]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Keeps a picture of the window, once what moves has come to rest.
    pub async fn shoot(&self, name: &str) {
        let resting = "
            const moving = document.getAnimations().filter((one) =>
                one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
            const images = [...document.images].every((image) => image.complete);
            return moving.length === 0 && images && document.fonts.status === 'loaded'";
        self.until("the screen rests", async || self.ask(resting, vec![]).await == Value::Bool(true)).await;
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        // A picture taken a frame too early is still a picture.
        let _ = within(self.client.execute_async(painted, vec![])).await;
        self.taken.set(self.taken.get() + 1);
        self.picture(&format!("{}-{:02}-{name}", self.name, self.taken.get()));
    }

    /// Takes the picture from the display: WebKitWebDriver's own never comes back under a display without a compositor.
    fn picture(&self, name: &str) -> PathBuf {
        let file = self.pictures.join(name).with_extension("png");
        let taken = Command::new("import").args(["-window", "root"]).arg(&file).status();
        assert!(
            taken.is_ok_and(|status| status.success()),
            "import cannot take a picture of the display; scripts/setup test installs it with imagemagick"
        );
        file
    }

    // Doing

    /// Presses what says this.
    pub async fn press(&self, words: &str) {
        self.press_at(&pressable(words)).await;
    }

    /// Presses what says this among the choices of a field.
    pub async fn choose(&self, field: &str, words: &str) {
        self.press_at(&format!("//*[@data-field='{field}']{}", pressable(words))).await;
    }

    /// Opens the list of a field and presses a choice in it.
    pub async fn select(&self, path: &str, words: &str) {
        self.press_at(path).await;
        self.press_at(&option(words)).await;
    }

    /// Types the beginning of a choice and presses it in the list that opens.
    pub async fn pick(&self, path: &str, typed: &str, words: &str) {
        self.fill(path, typed).await;
        self.press_at(&option(words)).await;
    }

    /// Presses an element.
    pub async fn press_at(&self, path: &str) {
        const MARK: &str = "
            const [element] = arguments;
            element.scrollIntoView({ block: 'center', behavior: 'instant' });
            window.wasPressed = false;
            element.addEventListener('click', () => (window.wasPressed = true), { capture: true, once: true });";
        self.until(&format!("{path} can be pressed"), async || {
            let Some(element) = self.look_for(path).await else { return false };
            if self.attempt(self.client.execute(MARK, vec![reference(&element)])).await.is_none() {
                return false;
            }
            match self.attempt(element.click()).await {
                Some(()) => true,
                None => self.ask("return window.wasPressed === true", vec![]).await == Value::Bool(true),
            }
        })
        .await;
    }

    /// Types a text into an empty control, or instead of what it holds.
    pub async fn fill(&self, path: &str, text: &str) {
        self.until(&format!("{path} takes {text:?}"), async || {
            let Some(element) = self.look_for(path).await else { return false };
            if !self.value(path).await.is_empty() && self.attempt(element.clear()).await.is_none() {
                return false;
            }
            // Numbers are grouped while they are typed.
            let arrived = async || without_spaces(&self.value(path).await) == without_spaces(text);
            self.attempt(element.send_keys(text)).await.is_some() || arrived().await
        })
        .await;
        let wanted = without_spaces(text);
        self.until(&format!("{path} shows {text:?}"), async || without_spaces(&self.value(path).await) == wanted).await;
    }

    /// Leaves the field the keyboard is in, as Tab does.
    pub async fn leave_field(&self) {
        self.ask("document.activeElement.blur()", vec![]).await;
    }

    /// Types keys into a control; `happened` tells whether they arrived.
    pub async fn keys(&self, path: &str, keys: &str, happened: impl AsyncFn() -> bool) {
        self.until(&format!("{path} takes keys"), async || {
            let Some(element) = self.look_for(path).await else { return false };
            self.attempt(element.send_keys(keys)).await.is_some() || happened().await
        })
        .await;
    }

    /// Gives a file to the file input below an element; afterwards `words` can be read.
    pub async fn attach(&self, path: &str, file: &Path, words: &str) {
        let input = format!("{path}//input[@type='file']");
        let find = "return document.evaluate(arguments[0], document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null)
            .singleNodeValue";
        let wanted = simplified(words);
        self.until(&format!("{} is taken", file.display()), async || {
            // Nobody sees a file input: the button beside it opens the system's dialog, which no driver can use.
            let found = self.ask(find, vec![json!(input)]).await;
            let Some(element) = self.referred(&found) else { return false };
            let given = self.attempt(element.send_keys(&file.to_string_lossy())).await;
            given.is_some() || self.text().await.contains(&wanted)
        })
        .await;
        self.sees(words).await;
    }

    // The driver

    /// Asks the page something that changes nothing, until it answers.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.attempt(self.client.execute(script, arguments.clone())).await {
                return answer;
            }
            assert!(Instant::now() < deadline, "the page does not answer {script:?}");
        }
    }

    /// Does something; nothing if it is to be tried again.
    async fn attempt<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Option<T> {
        match within(command).await {
            Ok(answer) => Some(answer),
            Err(why) if passes(&why) => None,
            Err(why) => self.fail(&why.to_string()).await,
        }
    }

    async fn look_for(&self, path: &str) -> Option<Element> {
        let found = self.ask(FIND, vec![json!(path)]).await;
        self.referred(&found)
    }

    fn referred(&self, found: &Value) -> Option<Element> {
        let id = found.get(ELEMENT)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// Tries until it is true.
    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so().await {
            if Instant::now() > deadline {
                self.fail(&format!("waited in vain until {what}")).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn fail(&self, why: &str) -> ! {
        let picture = self.picture(&format!("failed-{}", self.name));
        let text = within(self.client.execute("return document.body.innerText", vec![])).await;
        let text = text.map(|text| text.as_str().unwrap_or_default().to_owned()).unwrap_or_default();
        panic!("{why}\nThe window is in {}. It says:\n{text}", picture.display())
    }
}

fn option(words: &str) -> String {
    format!("//*[@role='option'][normalize-space(.)='{words}' or .//*[normalize-space(.)='{words}']]")
}

fn reference(element: &Element) -> Value {
    json!({ ELEMENT: element.element_id().as_ref() })
}

async fn within<T>(command: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
    match tokio::time::timeout(COMMAND_WITHIN, command).await {
        Ok(answer) => answer,
        Err(_) => panic!("the driver does not answer within {} s", COMMAND_WITHIN.as_secs()),
    }
}

/// Whether a failure is one of the moment: the connection was lost, the page was drawn anew, something lies over it.
fn passes(why: &CmdError) -> bool {
    match why {
        CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => true,
        CmdError::Standard(why) => matches!(
            why.error,
            ErrorStatus::StaleElementReference
                | ErrorStatus::ElementClickIntercepted
                | ErrorStatus::ElementNotInteractable
        ),
        _ => false,
    }
}

fn simplified(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
