//! A small file system of its own that can be full to the last byte.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts one of `megabytes` at `path`, a folder that is there; `None` where this process may not
    /// (it is not root).
    pub fn mount(path: &Path, megabytes: u32) -> Option<Self> {
        let size = format!("size={megabytes}m,mode=0755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self { path: path.to_owned() })
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves no byte free for so long: filled and filled again, what others remove meanwhile is no
    /// room for them. Then there is room again.
    pub fn fill(&self, lasts: Duration) {
        self.fill_until(|since| since >= lasts);
    }

    /// The same until `done` holds; it is told since when the disk is being filled.
    pub fn fill_until(&self, mut done: impl FnMut(Duration) -> bool) {
        let ballast = self.path.join("ballast");
        let mut file = File::create(&ballast).expect("the disk can be written");
        let begun = Instant::now();
        let zeros = vec![0; 1 << 20];
        let mut is_full = false;
        while !is_full || !done(begun.elapsed()) {
            if file.write_all(&zeros).is_err() {
                while file.write_all(&zeros[..512]).is_ok() {}
                is_full = true;
                thread::sleep(Duration::from_millis(20));
            }
        }
        drop(file);
        fs::remove_file(ballast).expect("the ballast can be removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}
