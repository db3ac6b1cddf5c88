package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.machine.Board;

/**
 * One of the unit's message-signalled interrupts: SMMU_*_IRQ_CFG0 to CFG2. Arm IHI 0070, 3.18, 6.3.21 to 6.3.23. The
 * write is the unit's own: it is not translated. Address 0 sends none.
 * <pre>
 *  CFG0  51      2 1 0      CFG1  31    0      CFG2   5 4   3     0
 *       +---------+---+          +-------+          +----+---------+
 *       |  ADDR   | 0 |          | DATA  |          | SH | MemAttr |
 *       +---------+---+          +-------+          +----+---------+
 * </pre>
 * Locked while its interrupt is enabled. Any thread.
 */
final class MessageInterrupt {
    private static final int ADDRESS_LOW = ~0b11;
    private static final int ADDRESS_HIGH = 0xf_ffff;
    private static final int ATTRIBUTES = 0x3f;

    private final Board board;
    private final IrqControl control;
    private final int interrupt;
    private final boolean present;
    private final int[] words = new int[4];

    /** @param present IDR0.MSI: else the registers are RES0 */
    MessageInterrupt(Board board, IrqControl control, int interrupt, boolean present) {
        this.board = board;
        this.control = control;
        this.interrupt = interrupt;
        this.present = present;
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

    /** Sends the message if it is enabled and has an address. @return false if nobody answered the write */
    synchronized boolean send() {
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
