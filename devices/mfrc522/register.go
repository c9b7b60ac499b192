package mfrc522

import "fmt"

// register is the address of one of the chip's registers (data sheet 9.2,
// table 20).
type register byte

// Registers that a reader of UIDs touches.
const (
	commandReg     register = 0x01 // data sheet 9.3.1.2
	comIEnReg      register = 0x02 // data sheet 9.3.1.3
	comIrqReg      register = 0x04 // data sheet 9.3.1.5
	errorReg       register = 0x06 // data sheet 9.3.1.7
	status2Reg     register = 0x08 // data sheet 9.3.1.9
	fifoDataReg    register = 0x09 // data sheet 9.3.1.10
	fifoLevelReg   register = 0x0A // data sheet 9.3.1.11
	waterLevelReg  register = 0x0B // data sheet 9.3.1.12
	controlReg     register = 0x0C // data sheet 9.3.1.13
	bitFramingReg  register = 0x0D // data sheet 9.3.1.14
	collReg        register = 0x0E // data sheet 9.3.1.15
	modeReg        register = 0x11 // data sheet 9.3.2.2
	txModeReg      register = 0x12 // data sheet 9.3.2.3
	rxModeReg      register = 0x13 // data sheet 9.3.2.4
	txControlReg   register = 0x14 // data sheet 9.3.2.5
	txASKReg       register = 0x15 // data sheet 9.3.2.6
	modWidthReg    register = 0x24 // data sheet 9.3.3.5
	rfCfgReg       register = 0x26 // data sheet 9.3.3.7
	tModeReg       register = 0x2A // data sheet 9.3.3.10
	tPrescalerReg  register = 0x2B // data sheet 9.3.3.10
	tReloadHighReg register = 0x2C // data sheet 9.3.3.11
	tReloadLowReg  register = 0x2D // data sheet 9.3.3.11
	autoTestReg    register = 0x36 // data sheet 9.3.4.7
	versionReg     register = 0x37 // data sheet 9.3.4.8
)

// Commands in the low half of commandReg (data sheet 10.3, table 149).
const (
	cmdIdle       = 0x00
	cmdMem        = 0x01
	cmdCalcCRC    = 0x03
	cmdTransceive = 0x0C
	cmdSoftReset  = 0x0F

	cmdMask   = 0x0F
	powerDown = 0x10 // commandReg b4: still waking up
)

// Flags of comIrqReg (data sheet 9.3.1.5), which comIEnReg lets through to the
// pin (data sheet 9.3.1.3).
const (
	irqTimer    = 0x01
	irqErr      = 0x02
	irqRx       = 0x20
	irqClearAll = 0x7F // b7 = 0: the marked flags are cleared
	irqSet      = 0x80 // b7 = 1: the marked flags are set
	irqLow      = 0x80 // comIEnReg b7: the pin is low while a flag stands
)

// txControlReset is txControlReg after a reset, without a field (data sheet 9.3.2.5).
const txControlReset = 0x80

// Bits of errorReg (data sheet 9.3.1.7).
const (
	errProtocol = 0x01
	errParity   = 0x02
	errColl     = 0x08
	errOverflow = 0x10
	errTemp     = 0x40
	errWrite    = 0x80

	errAnswer = errProtocol | errParity | errOverflow | errWrite
)

// Other bits and limits.
const (
	fifoFlush     = 0x80 // fifoLevelReg b7, data sheet 9.3.1.11
	fifoLevelMask = 0x7F
	fifoSize      = 64   // data sheet 8.3
	waterMask     = 0x3F // waterLevelReg b5..0
	startSend     = 0x80 // bitFramingReg b7, data sheet 9.3.1.14
	collNotValid  = 0x20 // collReg b5, data sheet 9.3.1.15
	collPosMask   = 0x1F
	lastBitsMask  = 0x07 // controlReg b2..0, data sheet 9.3.1.13
	crypto1On     = 0x08 // status2Reg b3, data sheet 9.3.1.9
	fieldOn       = 0x03 // txControlReg b1..0: both antenna drivers, data sheet 9.3.2.5
	gainMask      = 0x70 // rfCfgReg b6..4, data sheet 9.3.3.7
	rfCfgLow      = 0x08 // the reserved half as it stands after a reset
	readFlag      = 0x80 // address byte, data sheet 8.1.2.3
)

var registerNames = map[register]string{
	commandReg: "CommandReg", comIEnReg: "ComIEnReg", comIrqReg: "ComIrqReg", errorReg: "ErrorReg",
	status2Reg: "Status2Reg", fifoDataReg: "FIFODataReg", fifoLevelReg: "FIFOLevelReg",
	waterLevelReg: "WaterLevelReg", controlReg: "ControlReg", bitFramingReg: "BitFramingReg", collReg: "CollReg",
	modeReg: "ModeReg", txModeReg: "TxModeReg", rxModeReg: "RxModeReg",
	txControlReg: "TxControlReg", txASKReg: "TxASKReg", modWidthReg: "ModWidthReg",
	rfCfgReg: "RFCfgReg", tModeReg: "TModeReg", tPrescalerReg: "TPrescalerReg",
	tReloadHighReg: "TReloadReg", tReloadLowReg: "TReloadReg", versionReg: "VersionReg",
	autoTestReg: "AutoTestReg",
}

// String names the register as the data sheet does.
func (r register) String() string {
	if n, ok := registerNames[r]; ok {
		return n
	}
	return fmt.Sprintf("register %02X", byte(r))
}

// models tells what answers with which version (data sheet 9.3.4.8 for the
// first two; the others are clones that read cards all the same).
var models = map[byte]string{
	0x91: "MFRC522 v1.0",
	0x92: "MFRC522 v2.0",
	0x90: "MFRC522 v0.0",
	0x88: "FM17522 (clone)",
	0x89: "FM17522E (clone)",
	0xB2: "FM17522 (clone)",
	0x12: "counterfeit",
}

func model(version byte) string {
	if m, known := models[version]; known {
		return m
	}
	return "unknown"
}

// genuine tells the versions that NXP has sold (data sheet 9.3.4.8).
func genuine(version byte) bool { return version == 0x91 || version == 0x92 }
