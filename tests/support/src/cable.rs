//! A cable between programs and a server, that a test can cut, let hang and mend.
//!
//! A TCP proxy on a port of its own. Cut, all connections end and new ones are refused. Frozen, it
//! passes nothing on while both ends believe that they are connected, as when a switch loses power.
//! Forgotten, connections stay so for ever, as when a firewall in between was started again.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

const WHOLE: u8 = 0;
const CUT: u8 = 1;
const FROZEN: u8 = 2;
const GONE: u8 = 3;

/// How soon a change is felt.
const LOOK: Duration = Duration::from_millis(20);

/// The proxy; it ends with its value.
#[derive(Debug)]
pub struct Cable {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    now: AtomicU8,
    /// How often it was cut: connections of before a cut end, even if it is mended at once.
    cuts: AtomicUsize,
    /// How often connections were forgotten.
    forgotten: AtomicUsize,
}

impl Cable {
    /// A cable that leads to `server`.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let state = Arc::new(State::default());
        thread::spawn({
            let state = Arc::clone(&state);
            move || accept(&listener, server, &state)
        });
        Self { port, state }
    }

    /// Where programs connect to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections and refuses new ones.
    pub fn cut(&self) {
        self.state.cuts.fetch_add(1, Ordering::SeqCst);
        self.state.now.store(CUT, Ordering::SeqCst);
    }

    /// Passes nothing on, and says nothing.
    pub fn freeze(&self) {
        self.state.now.store(FROZEN, Ordering::SeqCst);
    }

    /// What is connected stays silent for ever; what is connected from now on works.
    pub fn forget(&self) {
        self.state.forgotten.fetch_add(1, Ordering::SeqCst);
    }

    /// Works again. What was frozen goes on where it was.
    pub fn mend(&self) {
        self.state.now.store(WHOLE, Ordering::SeqCst);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.state.now.store(GONE, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn accept(listener: &TcpListener, server: SocketAddr, state: &Arc<State>) {
    for client in listener.incoming() {
        match (state.now.load(Ordering::SeqCst), client) {
            (GONE, _) => return,
            (CUT, _) | (_, Err(_)) => {}
            (_, Ok(client)) => {
                let state = Arc::clone(state);
                thread::spawn(move || {
                    // An end that is away shows as a connection that ends.
                    let _ = connect(&client, server, &state);
                });
            }
        }
    }
}

fn connect(client: &TcpStream, server: SocketAddr, state: &Arc<State>) -> io::Result<()> {
    let born = Born::now(state);
    let server = TcpStream::connect(server)?;
    for (from, to) in [(client, &server), (&server, client)] {
        let (from, to, state) = (from.try_clone()?, to.try_clone()?, Arc::clone(state));
        from.set_read_timeout(Some(LOOK))?;
        from.set_nodelay(true)?;
        thread::spawn(move || {
            let _ = pass_on(from, &to, &state, born);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    Ok(())
}

/// What had happened when a connection was made.
#[derive(Clone, Copy)]
struct Born {
    cuts: usize,
    forgotten: usize,
}

impl Born {
    fn now(state: &State) -> Self {
        Self {
            cuts: state.cuts.load(Ordering::SeqCst),
            forgotten: state.forgotten.load(Ordering::SeqCst),
        }
    }

    fn is_silent(self, state: &State) -> bool {
        state.now.load(Ordering::SeqCst) == FROZEN
            || state.forgotten.load(Ordering::SeqCst) != self.forgotten
    }

    fn is_over(self, state: &State) -> bool {
        state.now.load(Ordering::SeqCst) == GONE || state.cuts.load(Ordering::SeqCst) != self.cuts
    }
}

fn pass_on(mut from: TcpStream, mut to: &TcpStream, state: &State, born: Born) -> io::Result<()> {
    let mut bytes = vec![0; 64 << 10];
    loop {
        if born.is_over(state) {
            return from.shutdown(Shutdown::Both);
        }
        if born.is_silent(state) {
            thread::sleep(LOOK);
            continue;
        }
        match from.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(n) => {
                // It may have been frozen or cut while this waited for bytes.
                while born.is_silent(state) && !born.is_over(state) {
                    thread::sleep(LOOK);
                }
                if born.is_over(state) {
                    return from.shutdown(Shutdown::Both);
                }
                to.write_all(&bytes[..n])?;
            }
            Err(error) if is_a_pause(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_a_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says back what it hears.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || io::copy(&mut (&client), &mut (&client)));
            }
        });
        address
    }

    fn says_back(client: &mut TcpStream) -> bool {
        let mut heard = [0; 4];
        client.write_all(b"ping").is_ok() && client.read_exact(&mut heard).is_ok()
    }

    fn client(cable: &Cable) -> TcpStream {
        let client = TcpStream::connect((Ipv4Addr::LOCALHOST, cable.port())).unwrap();
        client.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        client
    }

    #[test]
    fn a_cut_ends_what_was_connected_and_refuses_what_comes() {
        let cable = Cable::to(echo());
        let mut before = client(&cable);
        assert!(says_back(&mut before));
        cable.cut();
        assert!(!says_back(&mut before));
        assert!(!says_back(&mut client(&cable)));
        cable.mend();
        assert!(!says_back(&mut before), "what was cut stays cut");
        assert!(says_back(&mut client(&cable)));
    }

    #[test]
    fn frozen_it_is_silent_and_goes_on_afterwards() {
        let cable = Cable::to(echo());
        let mut before = client(&cable);
        assert!(says_back(&mut before));
        cable.freeze();
        assert!(!says_back(&mut before));
        cable.mend();
        // The first ping comes late.
        assert!(before.read_exact(&mut [0; 4]).is_ok());
        assert!(says_back(&mut before));
    }

    #[test]
    fn what_was_forgotten_stays_silent_and_what_comes_later_works() {
        let cable = Cable::to(echo());
        let mut before = client(&cable);
        assert!(says_back(&mut before));
        cable.forget();
        assert!(says_back(&mut client(&cable)));
        assert!(!says_back(&mut before));
    }
}
