//! Hashes of passwords: argon2id with the parameters that OWASP's Password Storage Cheat Sheet
//! gives first (19 MiB, 2 passes, 1 lane), which are this crate's defaults.
//!
//! Both functions take tens of milliseconds of computing: call them off the async runtime.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::RecordsError;

/// The hash to store, with its salt and parameters, in PHC string form.
pub fn hash(password: &str) -> Result<String, RecordsError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| RecordsError::PasswordHash(error.to_string()))
}

/// Whether `password` is the one of `hash`. An error means that `hash` is none.
pub fn verify(password: &str, hash: &str) -> Result<bool, RecordsError> {
    match Argon2::default().verify_password(password.as_bytes(), hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(RecordsError::PasswordHash(error.to_string())),
    }
}

/// Takes as long as [`verify`] and says no: for a login that nobody has, so that the answer's
/// time does not tell which logins exist.
pub fn verify_nobody(password: &str) -> Result<bool, RecordsError> {
    hash(password).map(|_| false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_opens_and_no_other() {
        let hash = hash("ひみつ-7").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("ひみつ-7", &hash).unwrap());
        assert!(!verify("ひみつ-8", &hash).unwrap());
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        assert_ne!(hash("a").unwrap(), hash("a").unwrap());
    }

    #[test]
    fn a_text_that_is_no_hash_is_an_error_and_never_opens() {
        assert!(verify("a", "a").is_err());
        assert!(verify("", "").is_err());
    }

    #[test]
    fn nobody_signs_in_with_any_password() {
        assert!(!verify_nobody("").unwrap());
    }
}
