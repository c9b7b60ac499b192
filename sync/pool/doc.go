// Package pool counts class C together with the other rooms of an organisation: what
// people answered is told as one sum and of no single room. Rooms mask their numbers
// with secrets that cancel in the sum; one of them, the teller, adds up, judges and
// rounds, and the centre carries what it cannot read. After Bonawitz et al., Practical
// Secure Aggregation (CCS 2017), cut down to at most 100 rooms that are online most
// days: nobody is recovered who goes missing, and no second try is made, so that no
// difference of two sums can be had. The bytes are told in package wire.
//
// The way through: a [Set] is who counts together, a [Vector] what one room adds, and a
// [Party] one kiosk, which makes its [Readiness], its [MaskedShare] or, as the teller,
// the [JointResult]. Which of these it does when, and what it refuses, is decided by
// [Knowledge.Next] from what it knows, what it has done before, its [Participation], and what
// it [Heard]. Each refusal has an error of its own. Pure: keys, days and numbers come in,
// nothing is read or kept here.
package pool
