//! Encryption at rest: AES-256-GCM, stored as `nonce || ciphertext || tag`. The table's name is authenticated too, so
//! that a record never passes for a TOTP seed.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use zeroize::Zeroizing;

use crate::store::Table;

pub(crate) struct Sealer {
    key: LessSafeKey,
    table: Table,
}

impl Sealer {
    pub(crate) fn from_hex(table: Table, key: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(key.as_bytes(), &mut *bytes).ok()?;
        let key = UnboundKey::new(&AES_256_GCM, &*bytes).ok()?;
        Some(Self { key: LessSafeKey::new(key), table })
    }

    pub(crate) fn seal(&self, clear: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).expect("the operating system has randomness");
        let mut sealed = clear.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), self.aad(), &mut sealed)
            .expect("less than 64 GiB");
        sealed.splice(..0, nonce);
        sealed
    }

    /// Nothing if it was not sealed under this key for this table.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut clear = Zeroizing::new(sealed.to_vec());
        let length =
            self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), self.aad(), &mut clear).ok()?.len();
        clear.truncate(length);
        Some(clear)
    }

    fn aad(&self) -> Aad<&'static [u8]> {
        Aad::from(self.table.name().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opened_by_the_same_key_for_the_same_table_only() {
        let key = "0f".repeat(32);
        let sealer = Sealer::from_hex(Table::Records, &key).unwrap();
        let sealed = sealer.seal("Grüße".as_bytes());
        assert_eq!(sealer.open(&sealed).unwrap().as_slice(), "Grüße".as_bytes());
        assert!(Sealer::from_hex(Table::Records, &"f0".repeat(32)).unwrap().open(&sealed).is_none());
        assert!(Sealer::from_hex(Table::TotpSeeds, &key).unwrap().open(&sealed).is_none());
        for cut in 0..sealed.len() {
            assert!(sealer.open(&sealed[..cut]).is_none());
        }
        assert_ne!(sealer.seal(b"x"), sealer.seal(b"x"), "a nonce is used once");
    }

    /// "The Galois/Counter Mode of Operation", test case 14: key and nonce of zeros, sixteen bytes of zeros. The paper's
    /// case authenticates nothing beside them, so only the ciphertext is compared here, not the tag.
    #[test]
    fn ciphertext_of_the_gcm_paper() {
        let sealer = Sealer::from_hex(Table::Records, &"00".repeat(32)).unwrap();
        let mut text = vec![0; 16];
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        sealer.key.seal_in_place_append_tag(nonce, sealer.aad(), &mut text).unwrap();
        assert_eq!(hex::encode(&text[..16]), "cea7403d4d606b6e074ec5d3baf39d18");
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        for wrong in ["", "0f", &"0f".repeat(31), &"0f".repeat(33), &"0g".repeat(32)] {
            assert!(Sealer::from_hex(Table::Records, wrong).is_none());
        }
    }
}
