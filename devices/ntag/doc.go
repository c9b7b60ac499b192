// Package ntag asks NXP's tags for more than their number: an NTAG21x for its
// originality signature, which tells that NXP once made a tag of that number,
// and an NTAG 424 DNA for a message that only the tag itself can make, and only
// once. Tags are reached through an [iso14443a.Link].
//
// Nothing here is kept or sent: keys go in, a verdict comes out.
package ntag
