package ntag

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"
)

// nxp is the public key by which NTAG21x are signed (NXP AN11350).
func nxp() *ecdsa.PublicKey {
	//nolint:staticcheck // ParseUncompressedPublicKey knows no curve but NIST's
	return &ecdsa.PublicKey{
		Curve: secp128r1(), X: parseHex("494E1A386D3D3CFE3DC10E5DE68A499B"), Y: parseHex("1C202DB5B132393E89ED19FE5BE8BC61"),
	}
}

// secp128r1 is the curve of the originality signature (SEC 2 v1, 2.4.1). The
// standard library has none so small; its arithmetic for curves with a = p - 3
// fits. What is computed on it is public, so that it need not take constant time.
func secp128r1() *elliptic.CurveParams {
	return &elliptic.CurveParams{
		Name: "secp128r1", BitSize: 128,
		P:  parseHex("FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF"),
		B:  parseHex("E87579C11079F43DD824993C2CEE5ED3"),
		N:  parseHex("FFFFFFFE0000000075A30D1B9038A115"),
		Gx: parseHex("161FF7528B899B2D0C28607CA52C5B86"),
		Gy: parseHex("CF5AC8395BAFEB13C02DA292DDED7A83"),
	}
}

func parseHex(hex string) *big.Int {
	n, ok := new(big.Int).SetString(hex, 16)
	if !ok {
		panic("ntag: malformed constant " + hex)
	}
	return n
}
