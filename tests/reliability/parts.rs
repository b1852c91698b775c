//! The processes of an installation, each started again when it ends, as systemd would.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::{Child, Command, ExitStatus},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// systemd's `RestartSec` in the unit files of docs/reliability.md.
const RESTART_AFTER: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(50);

/// Supervised processes, killed when dropped.
pub struct Parts {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    parts: Vec<Part>,
    over: bool,
}

struct Part {
    name: String,
    command: Box<dyn FnMut() -> Command + Send>,
    child: Option<Child>,
    ended_at: Instant,
    /// It was not this test that ended it.
    ended_by_itself: u32,
    expected_end: bool,
}

impl Parts {
    pub fn none() -> Self {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let watched = Arc::clone(&shared);
        thread::spawn(move || {
            while watch(&mut lock(&watched)) {
                thread::sleep(LOOK);
            }
        });
        Self { shared }
    }

    /// Starts a further process; its number.
    pub fn add(&self, name: &str, command: impl FnMut() -> Command + Send + 'static) -> usize {
        let mut shared = lock(&self.shared);
        let mut part = Part {
            name: name.to_owned(),
            command: Box::new(command),
            child: None,
            ended_at: Instant::now(),
            ended_by_itself: 0,
            expected_end: false,
        };
        part.start();
        shared.parts.push(part);
        shared.parts.len() - 1
    }

    /// SIGKILL.
    pub fn kill(&self, part: usize) {
        let part = &mut lock(&self.shared).parts[part];
        part.expected_end = true;
        if let Some(child) = &mut part.child {
            let _ = child.kill();
        }
    }

    /// SIGTERM; waits for the end. Whoever was killed just before ends well, too.
    pub fn stop(&self, part: usize, limit: Duration) -> ExitStatus {
        let mut shared = lock(&self.shared);
        let part = &mut shared.parts[part];
        let was_killed = std::mem::replace(&mut part.expected_end, true);
        let Some(mut child) = part.child.take() else { return ExitStatus::default() };
        // Meanwhile nobody starts it again.
        part.ended_at = Instant::now() + limit;
        let name = part.name.clone();
        drop(shared);
        signal("TERM", child.id());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status;
            }
            assert!(begun.elapsed() < limit, "{name} does not stop within {limit:?}");
            thread::sleep(LOOK);
        };
        for part in lock(&self.shared).parts.iter_mut().filter(|part| part.name == name) {
            part.ended_at = Instant::now();
        }
        if was_killed { ExitStatus::default() } else { status }
    }

    /// Stops all for good, in order; whether all did as they were told.
    pub fn stop_all(&self, limit: Duration) -> bool {
        lock(&self.shared).over = true;
        let n = lock(&self.shared).parts.len();
        (0..n).all(|part| is_in_order(self.stop(part, limit)))
    }

    /// The process, if it runs.
    pub fn pid(&self, part: usize) -> Option<u32> {
        Some(lock(&self.shared).parts[part].child.as_ref()?.id())
    }

    /// Processes that ended though nobody killed them, by name: such as at a start without a
    /// database.
    pub fn ended_by_themselves(&self) -> Vec<(String, u32)> {
        let shared = lock(&self.shared);
        shared.parts.iter().map(|part| (part.name.clone(), part.ended_by_itself)).collect()
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let mut shared = lock(&self.shared);
        shared.over = true;
        for child in shared.parts.iter_mut().filter_map(|part| part.child.as_mut()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Stopped before it had begun to listen for signals, a process ends by the signal.
pub fn is_in_order(status: ExitStatus) -> bool {
    const SIGTERM: i32 = 15;
    status.success() || status.signal() == Some(SIGTERM)
}

/// Starts what ended; `false` once all is over.
fn watch(shared: &mut Shared) -> bool {
    if shared.over {
        return false;
    }
    for part in &mut shared.parts {
        match &mut part.child {
            Some(child) => {
                if let Ok(Some(_)) = child.try_wait() {
                    part.ended_by_itself += u32::from(!part.expected_end);
                    part.expected_end = false;
                    part.child = None;
                    part.ended_at = Instant::now();
                }
            }
            None if Instant::now() >= part.ended_at + RESTART_AFTER => part.start(),
            None => {}
        }
    }
    true
}

impl Part {
    fn start(&mut self) {
        self.child = Some((self.command)().spawn().expect("kamikarte starts"));
        self.expected_end = false;
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends a signal; a process that is gone already is as good.
pub fn signal(signal: &str, pid: u32) {
    let mut kill = Command::new("kill");
    let _ =
        kill.args(["-s", signal, &pid.to_string()]).stderr(std::process::Stdio::null()).status();
}

/// The processes that `parent` started, with their state (`Z`: ended, and not waited for).
pub fn children(parent: u32) -> Vec<(u32, char)> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is mounted").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name in parentheses may hold anything.
        let Some((_, rest)) = stat.rsplit_once(") ") else { continue };
        let mut fields = rest.split(' ');
        let state = fields.next().and_then(|state| state.chars().next()).unwrap_or('?');
        if fields.next().and_then(|pid| pid.parse().ok()) == Some(parent) {
            children.push((pid, state));
        }
    }
    children
}

/// Processes whose command line holds all of `words`.
pub fn running(words: &[&str]) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        words.iter().all(|word| line.contains(word))
    })
    .collect()
}

/// Bytes of memory that a process takes up, its children not included.
pub fn memory_of(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() << 10
}
