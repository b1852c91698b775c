//! Networks are run on one thread, which all of them share: pages are read side by side in processes of
//! their own.

use std::sync::{Arc, LazyLock};

use rten::{RunOptions, ThreadPool};

static THREAD: LazyLock<Arc<ThreadPool>> =
    LazyLock::new(|| Arc::new(ThreadPool::with_num_threads(1)));

/// How every network is run.
pub fn run_options() -> RunOptions {
    RunOptions::default().with_thread_pool(Some(THREAD.clone()))
}

/// Does `work` on the thread of the networks. What reads pages does so in here: from any other thread
/// each question to a network waits for two switches of threads, which takes as long as answering a
/// small one (docs/reading.md).
pub fn on_network_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    THREAD.run(work)
}
