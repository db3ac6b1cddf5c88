package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.machine.Board;

/**
 * One of the unit's interrupts; Arm IHI 0070, 3.18. With IDR0.MSI it is a message, of SMMU_*_IRQ_CFG0 to CFG2 (6.3.21
 * to 6.3.23): a write of the unit's own, which is not translated; address 0 sends none. Without, it is a pulse on a
 * wire.
 * <pre>
 *  CFG0  51      2 1 0      CFG1  31    0      CFG2   5 4   3     0
 *       +---------+---+          +-------+          +----+---------+
 *       |  ADDR   | 0 |          | DATA  |          | SH | MemAttr |
 *       +---------+---+          +-------+          +----+---------+
 * </pre>
 * Locked while its interrupt is enabled. Any thread.
 */
final class UnitInterrupt {
    private static final int ADDRESS_LOW = ~0b11;
    private static final int ADDRESS_HIGH = 0xf_ffff;
    private static final int ATTRIBUTES = 0x3f;

    private final Board board;
    private final IrqControl control;
    private final int interrupt;
    private final boolean present;
    private final int wire;
    private final int[] words = new int[4];

    /**
     * @param present IDR0.MSI: else the registers are RES0
     * @param wire number of its wire, 0 if it has none
     */
    UnitInterrupt(Board board, IrqControl control, int interrupt, boolean present, int wire) {
        this.board = board;
        this.control = control;
        this.interrupt = interrupt;
        this.present = present;
        this.wire = wire;
    }

    /** @param index 0 and 1 CFG0, 2 CFG1, 3 CFG2 */
    synchronized int read(int index) {
        return words[index];
    }

    /** @param index as in {@link #read} */
    synchronized void write(int index, int value) {
        if (present && !control.enabled(interrupt)) {
            words[index] = switch (index) {
                case 0 -> value & ADDRESS_LOW;
                case 1 -> value & ADDRESS_HIGH;
                case 2 -> value;
                default -> value & ATTRIBUTES;
            };
        }
    }

    /** Interrupts if it is enabled and leads anywhere. @return false if nobody answered the write of the message */
    synchronized boolean send() {
        if (!present) {
            if (wire != 0 && control.enabled(interrupt)) {
                board.messages().pulse(wire);
            }
            return true;
        }
        long address = (long) words[1] << Integer.SIZE | Integer.toUnsignedLong(words[0]);
        return !control.enabled(interrupt) || address == 0 || write(board, address, words[2]);
    }

    /** A 32-bit write of the unit's own, to memory or an interrupt controller. @return false if nobody answered */
    static boolean write(Board board, long address, int data) {
        if (board.memory().contains(address, Integer.BYTES)) {
            board.memory().storeRelease32(address, data);
            return true;
        }
        return board.messages().message(address, data);
    }
}
