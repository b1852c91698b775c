//! A real Chromium, driven through its own driver; both end with the value.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    error::{CmdError, ErrorStatus, WebDriver},
    wd::Capabilities,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::installation::{Installation, free_port};

/// How long a page may take. These machines are slow and busy at times.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Browser {
    driver: Child,
    profile: tempfile::TempDir,
    client: Client,
    base: String,
}

impl Browser {
    /// Opens a browser of its own for the pages of an installation.
    pub async fn open(installation: &Installation) -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing; scripts/install test installs it");
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // What is still gliding is not where it was when the click was aimed.
            "--force-prefers-reduced-motion",
            "--window-size=1600,1000",
            "--lang=ja",
        ];
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let mut attempt = 0;
        let client = loop {
            match builder.connect(&address).await {
                Ok(client) => break client,
                Err(_) if attempt < 150 => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => panic!("no browser: {error}"),
            }
        };
        Self { driver, profile, client, base: installation.url("") }
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// The first element, once it is there.
    pub async fn see(&self, css: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => {
                self.picture("failure").await;
                panic!("{css} is not on {}: {error}\n{}", self.path().await, self.text().await)
            }
        }
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    pub async fn click(&self, css: &str) {
        let element = self.see(css).await;
        // Panels that scroll by themselves and bars that stay in place hide what the driver's own
        // scrolling thinks is in sight.
        let into_sight = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
        let argument = vec![serde_json::to_value(&element).unwrap()];
        self.client.execute(into_sight, argument).await.unwrap();
        let mut clicked = element.click().await;
        // What still moves, or lies under what is about to go, is tried again, as a hand would.
        for _ in 0..20 {
            let covered = |error: &WebDriver| error.error == ErrorStatus::ElementClickIntercepted;
            if !matches!(&clicked, Err(CmdError::Standard(error)) if covered(error)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            clicked = element.click().await;
        }
        if let Err(error) = clicked {
            self.picture("failure").await;
            panic!("{css} cannot be clicked: {error}");
        }
    }

    pub async fn type_into(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What is to be read now: nothing while one page goes and the next has not come.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) if error.is_no_such_element() => String::new(),
            Err(error) => panic!("the page cannot be read: {error}"),
        }
    }

    /// Waits until the page says so.
    pub async fn read(&self, words: &str) {
        for _ in 0..300 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.picture("failure").await;
        panic!("{} does not say {words:?}:\n{}", self.path().await, self.text().await);
    }

    pub async fn sign_in(&self, (login, password): (&str, &str)) {
        self.go("/sign-in").await;
        self.type_into("#login", login).await;
        self.type_into("#password", password).await;
        self.click("form[action='/sign-in'] button.first").await;
        self.see("form[action='/sign-out']").await;
    }

    pub async fn sign_out(&self) {
        self.click("form[action='/sign-out'] button").await;
        self.see("#login").await;
    }

    pub async fn run(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Keeps what is to be seen under the target folder, for people to look at.
    pub async fn picture(&self, name: &str) {
        let folder = pictures();
        fs::create_dir_all(&folder).unwrap();
        let png = self.client.screenshot().await.unwrap();
        fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    pub async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        assert!(self.profile.path().exists());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures")
}
