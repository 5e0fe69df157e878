//! Key files from the making to the wrong event: what each mistake says, and that nothing shows the key.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use age::x25519;
use meteor_rules::fairness::Bytes32;
use secrecy::{ExposeSecret, SecretString};

use super::*;

const EVENT: Event<'static> = Event { chain_id: "localterra", contract: "terra1xyz", showers: 5 };

struct Desk {
    dir: tempfile::TempDir,
    passphrase: SecretString,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), passphrase: "correct horse battery".into() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn lock(&self) -> Protect<'_> {
        Protect::Passphrase(&self.passphrase)
    }

    fn unlock(&self) -> Unlock<'_> {
        Unlock::Passphrase(&self.passphrase)
    }

    fn keygen(&self, name: &str) -> (PathBuf, Vec<Bytes32>) {
        let path = self.path(name);
        let created = keygen(&path, self.lock(), Some(&EVENT)).unwrap();
        (path, created.commitments)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn identity(&self, name: &str) -> (PathBuf, String) {
        let identity = x25519::Identity::generate();
        let text = format!("# a comment\n{}\n", identity.to_string().expose_secret());
        (self.put(name, text.as_bytes()), identity.to_public().to_string())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn open(path: &Path, unlock: Unlock<'_>) -> KeyError {
    FileKey::open(path, unlock).unwrap_err()
}

/// What the rehearsal of `docs/keys.md` does with a copy of a key file.
fn verify_file(
    path: &Path,
    unlock: Unlock<'_>,
    event: &Event<'_>,
    expected: &[Bytes32],
) -> Result<(), KeyError> {
    futures::executor::block_on(verify(&FileKey::open(path, unlock)?, event, expected))
}

/// An age file for a passphrase, by somebody else, with any content.
fn foreign(passphrase: &SecretString, work: u8, content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(work);
    let recipient: &dyn age::Recipient = &recipient;
    let mut bytes = Vec::new();
    let mut writer =
        age::Encryptor::with_recipients([recipient].into_iter()).unwrap().wrap_output(&mut bytes).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap();
    bytes
}

#[tokio::test]
async fn a_key_is_made_opened_and_is_that_of_its_event() {
    let desk = Desk::new();
    let (path, made) = desk.keygen("event.age");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(desk.names(), ["event.age"], "no temporary file is left");

    let key = FileKey::open(&path, desk.unlock()).unwrap();
    assert_eq!(commitments(&key, &EVENT).await.unwrap(), made);
    assert_eq!(made.len(), 5);
    verify(&key, &EVENT, &made).await.unwrap();

    let id = EVENT.ids().nth(2).unwrap();
    assert_eq!(id.shower.0, 3);
    let any = AnyKey::File(key);
    assert_eq!(any.shower_key(&id).await.unwrap().commitment(&id), made[2]);
}

#[test]
fn nothing_printed_or_written_shows_the_key() {
    let desk = Desk::new();
    let path = desk.path("event.age");
    let created = keygen(&path, desk.lock(), Some(&EVENT)).unwrap();
    let key = FileKey::open(&path, desk.unlock()).unwrap();
    let secret = key.master().with(|key| *key);
    let shown = format!(
        "{created:?} {created} {key:?} {:?} {:?}",
        key.master(),
        AnyKey::File(FileKey::open(&path, desk.unlock()).unwrap())
    );
    assert!(!shown.contains(&hex::encode(secret)) && !shown.contains(&format!("{secret:?}")));
    assert!(
        shown.contains(&hex::encode(created.commitments[4]))
            && shown.contains("copy the file to two other places")
    );
    let file = fs::read(&path).unwrap();
    assert!(!file.windows(4).any(|window| window == &secret[..4]));
    assert!(!file.windows(8).any(|window| window == &hex::encode(secret).as_bytes()[..8]));
}

#[test]
fn a_file_that_exists_stays_as_it_is() {
    let desk = Desk::new();
    let path = desk.put("event.age", b"somebody's");
    let error = keygen(&path, desk.lock(), None).unwrap_err();
    assert!(matches!(error, KeyError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    // A link to nowhere is not written through either.
    std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("link")).unwrap();
    assert!(matches!(keygen(&desk.path("link"), desk.lock(), None), Err(KeyError::Exists { .. })));
    assert_eq!(desk.names(), ["event.age", "link"]);
}

#[test]
fn a_file_that_appears_meanwhile_is_not_overwritten() {
    struct Rival<'a>(&'a Desk);
    impl Passphrase for Rival<'_> {
        fn passphrase(&self, _: Purpose) -> Result<SecretString, KeyError> {
            self.0.put("event.age", b"the rival's");
            Ok(self.0.passphrase.clone())
        }
    }
    let desk = Desk::new();
    let error = keygen(&desk.path("event.age"), Protect::Passphrase(&Rival(&desk)), None).unwrap_err();
    assert!(matches!(error, KeyError::Exists { .. }), "{error}");
    assert_eq!(fs::read(desk.path("event.age")).unwrap(), b"the rival's");
    assert_eq!(desk.names(), ["event.age"]);
}

#[test]
fn nothing_is_made_where_it_cannot_be() {
    let desk = Desk::new();
    let error = keygen(&desk.path("no/such/dir/event.age"), desk.lock(), None).unwrap_err();
    assert!(matches!(error, KeyError::Write { .. }), "{error}");
    let short = SecretString::from("short");
    let error = keygen(&desk.path("event.age"), Protect::Passphrase(&short), None).unwrap_err();
    assert!(matches!(error, KeyError::Passphrase(_)), "{error}");
    assert!(matches!(keygen(&desk.path("e"), Protect::Recipients(&[]), None), Err(KeyError::NoRecipient)));
    let (_, good) = desk.identity("identity");
    let error =
        keygen(&desk.path("e"), Protect::Recipients(&[good, "age1nonsense".into()]), None).unwrap_err();
    assert!(matches!(error, KeyError::BadRecipient { index: 2 }), "{error}");
    assert_eq!(desk.names(), ["identity"]);
}

#[test]
fn each_recipient_opens_the_key_and_nobody_else() {
    let desk = Desk::new();
    let (first, one) = desk.identity("first");
    let (second, two) = desk.identity("second");
    let (stranger, _) = desk.identity("stranger");
    let path = desk.path("event.age");
    let created = keygen(&path, Protect::Recipients(&[one, two]), Some(&EVENT)).unwrap();
    assert_eq!(created.recipients, Some(2));
    for identity in [&first, &second] {
        verify_file(&path, Unlock::Identities(identity), &EVENT, &created.commitments).unwrap();
    }
    let error = open(&path, Unlock::Identities(&stranger));
    assert!(matches!(error, KeyError::WrongIdentity { .. }), "{error}");
    assert!(matches!(open(&path, desk.unlock()), KeyError::NeedsIdentity { .. }));

    let locked = desk.keygen("locked.age").0;
    assert!(matches!(open(&locked, Unlock::Identities(&first)), KeyError::NeedsPassphrase { .. }));

    for bad in [&b""[..], b"# nothing\n", b"AGE-SECRET-KEY-1NONSENSE\n", b"\xff\xfe"] {
        let bad = desk.put("bad", bad);
        let error = open(&path, Unlock::Identities(&bad));
        assert!(matches!(error, KeyError::BadIdentity { .. }), "{error}");
        assert!(!error.to_string().contains("NONSENSE"));
    }
    fs::set_permissions(&first, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        open(&path, Unlock::Identities(&first)),
        KeyError::Private(PrivateError::TooOpen { .. })
    ));
}

#[test]
fn a_wrong_passphrase_says_so_and_is_not_repeated() {
    let desk = Desk::new();
    let (path, _) = desk.keygen("event.age");
    let wrong = SecretString::from("swordfish swordfish");
    let error = open(&path, Unlock::Passphrase(&wrong));
    assert!(matches!(error, KeyError::WrongPassphrase { .. }));
    assert!(!format!("{error} {error:?}").contains("swordfish"));
}

#[test]
fn what_an_editor_adds_to_a_passphrase_locks_nobody_out() {
    let desk = Desk::new();
    let typed = desk.passphrase.expose_secret().to_owned();
    let (path, _) = desk.keygen("event.age");
    for saved in [format!("\u{feff}{typed}"), format!("{typed} "), format!("\t{typed}")] {
        FileKey::open(&path, Unlock::Passphrase(&SecretString::from(saved))).unwrap();
    }
    // Locked elsewhere with a space that nobody sees: it opens as it was saved.
    let odd = SecretString::from(format!("{typed} "));
    let other = desk.put("odd.age", &foreign(&odd, 10, b"not a key"));
    let error = open(&other, Unlock::Passphrase(&odd));
    assert!(!matches!(error, KeyError::WrongPassphrase { .. }), "opened, and not a key: {error}");
}

#[test]
fn every_truncation_and_every_changed_byte_is_noticed() {
    let desk = Desk::new();
    let (path, _) = desk.keygen("event.age");
    let whole = fs::read(&path).unwrap();
    for len in 0..whole.len() {
        let error = file::decrypt(&path, &whole[..len], desk.unlock()).unwrap_err();
        assert!(matches!(error, KeyError::Truncated { .. }), "{len} of {}: {error:?}", whole.len());
    }
    for at in 0..whole.len() {
        let mut edited = whole.clone();
        edited[at] ^= 1;
        let error = file::decrypt(&path, &edited, desk.unlock()).unwrap_err();
        assert!(
            matches!(
                error,
                KeyError::Edited { .. }
                    | KeyError::NotAge { .. }
                    | KeyError::WrongPassphrase { .. }
                    | KeyError::NeedsIdentity { .. }
                    | KeyError::TooMuchWork { .. }
                    | KeyError::Truncated { .. }
            ),
            "{at}: {error:?}"
        );
    }
    let mut longer = whole;
    longer.push(0);
    let error = file::decrypt(&path, &longer, desk.unlock()).unwrap_err();
    assert!(matches!(error, KeyError::Edited { .. }), "{error:?}");
}

#[test]
fn other_files_are_not_taken_for_keys() {
    let desk = Desk::new();
    for (bytes, words) in [
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n".to_vec(), "is not an age file"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n".to_vec(), "armored"),
        (b"age-encryption.org/v9\n".to_vec(), "is not an age file"),
        (foreign(&desk.passphrase, 4, b"a shopping list"), "not a key of Meteor Shower"),
        (
            foreign(&desk.passphrase, 4, b"meteor-shower-key/v7\n"),
            "a version that this program does not know",
        ),
        (foreign(&desk.passphrase, 4, &vec![b'x'; 30_000]), "not a key of Meteor Shower"),
        (vec![b'x'; 100_000], "too large"),
    ] {
        let error = open(&desk.put("other", &bytes), desk.unlock()).to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(matches!(
        open(&desk.path("nothing"), desk.unlock()),
        KeyError::Private(PrivateError::Read { .. })
    ));
    // A header that asks for 2^30: refused before any work.
    let greedy = String::from_utf8_lossy(&foreign(&desk.passphrase, 4, b"")).replacen(" 4\n", " 30\n", 1);
    let error = file::decrypt(Path::new("greedy"), greedy.as_bytes(), desk.unlock()).unwrap_err();
    assert!(matches!(error, KeyError::TooMuchWork { .. } | KeyError::Edited { .. }), "{error:?}");
}

#[test]
fn a_key_that_others_may_read_is_not_opened() {
    let desk = Desk::new();
    let (path, _) = desk.keygen("event.age");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(
        open(&path, desk.unlock()),
        KeyError::Private(PrivateError::TooOpen { mode: 0o640, .. })
    ));
}

#[test]
fn the_key_of_another_event_names_the_shower() {
    let desk = Desk::new();
    let (path, made) = desk.keygen("event.age");
    let verify = |event: &Event<'_>, expected: &[Bytes32]| {
        verify_file(&path, desk.unlock(), event, expected).unwrap_err()
    };
    let (_, others) = desk.keygen("other.age");
    let error = verify(&EVENT, &others);
    assert!(matches!(error, KeyError::OtherEvent { shower: 1, differing: 5, showers: 5 }), "{error}");
    let mut changed = made.clone();
    changed[3][31] ^= 1;
    let error = verify(&EVENT, &changed);
    assert!(matches!(error, KeyError::OtherEvent { shower: 4, differing: 1, showers: 5 }));
    assert!(error.to_string().contains("the commitment to shower 4"));
    for event in [Event { chain_id: "columbus-5", ..EVENT }, Event { contract: "terra1xyy", ..EVENT }] {
        assert!(matches!(verify(&event, &made), KeyError::OtherEvent { shower: 1, differing: 5, .. }));
    }
    assert!(matches!(verify(&EVENT, &made[..4]), KeyError::Count { showers: 5, given: 4 }));
}

#[test]
fn a_passphrase_comes_through_a_descriptor() {
    use std::io::Write;
    use std::os::fd::AsRawFd;
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"correct horse battery\n").unwrap();
    drop(writer);
    let source = PassphraseFile(format!("/dev/fd/{}", reader.as_raw_fd()).into());
    assert_eq!(source.passphrase(Purpose::Create).unwrap().expose_secret(), "correct horse battery");
}
