use crate::KeySeal;
use rand_core::CryptoRng;
use satchel_keys::SealError;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The app's key store as the core knows one. There is no other behind it: what it refuses fails.
pub(crate) struct AppSeal(pub(crate) Arc<dyn KeySeal>);

impl satchel_keys::KeySeal for AppSeal {
    fn seal(&self, secret: &[u8], _: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        self.0.seal(secret.to_vec()).map_err(|fault| {
            log::error!("the device's key store does not seal: {fault}");
            SealError
        })
    }

    fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.0.unseal(sealed.to_vec()).map(Zeroizing::new).map_err(|fault| {
            log::error!("the device's key store does not unseal: {fault}");
            SealError
        })
    }
}
