// Package ntag asks NXP's tags for more than their UID, over an
// [iso14443a.Link].
//
// An NTAG21x is asked for its originality signature: [ReadSignature] reads it,
// and [Verify] tells that NXP once made a tag of that UID. An NTAG 424 DNA is
// asked for a message that only the tag itself can make, and only once:
// [ReadMessage] reads it, and [Message.Check] verifies it with the tag's
// [TagKeys], which [Key.Of] derives from the room's own key.
//
// Nothing here is kept or sent: keys go in, a verdict comes out.
package ntag
