package org.iommu4j.hwsim.vtd;

/**
 * Invalidation by registers, for software that does not use the queue. VT-d specification 6.5.1, 11.4.8.
 * <pre>
 *  CCMD:   63  62  61 60  59 58      34 33 32 31   16 15    0
 *         +---+------+------+----------+-----+-------+-------+
 *         |ICC| CIRG | CAIG |    0     | FM  |  SID  |  DID  |
 *         +---+------+------+----------+-----+-------+-------+
 *  IOTLB:  63   62  61 60   59   58 57  56      50 49   48  47   32 31    0
 *         +----+---+------+-----+------+----------+----+----+-------+------+
 *         |IVT | 0 | IIRG |  0  | IAIG |    0     | DR | DW |  DID  |  0   |
 *         +----+---+------+-----+------+----------+----+----+-------+------+
 *  IVA:    63               12 11     7  6  5    0
 *         +-------------------+--------+----+------+
 *         |       ADDR        |   0    | IH |  AM  |   write-only
 *         +-------------------+--------+----+------+
 * </pre>
 * A command is done when the write returns. While the queue is enabled commands are refused: the actual granularity
 * reads 0. Any thread.
 */
final class RegisterInvalidation {
    private static final long COMMAND = 1L << 63;
    private static final int CIRG_SHIFT = 61;
    private static final int CAIG_SHIFT = 59;
    private static final int FM_SHIFT = 32;
    private static final long CCMD_WRITABLE = 0xe000_0003_ffff_ffffL;
    private static final int IIRG_SHIFT = 60;
    private static final int IAIG_SHIFT = 57;
    private static final long DR = 1L << 49;
    private static final long DW = 1L << 48;
    private static final long IOTLB_WRITABLE = 0xb003_ffff_0000_0000L;

    private final Control control;
    private final Invalidator invalidator;
    private long contextCommand;
    private long iotlbCommand;
    private long address;

    RegisterInvalidation(Control control, Invalidator invalidator) {
        this.control = control;
        this.invalidator = invalidator;
    }

    synchronized long contextCommand() {
        return contextCommand;
    }

    synchronized void writeContextCommand(long value) {
        contextCommand = value & CCMD_WRITABLE;
        if ((value & COMMAND) != 0) {
            int requested = (int) (value >>> CIRG_SHIFT & 0b11);
            int done = control.queueEnabled() ? Invalidator.REFUSED
                    : invalidator.contexts(requested, (int) value & 0xffff, (int) (value >>> 16) & 0xffff,
                            (int) (value >>> FM_SHIFT) & 0b11, control.scalable());
            invalidator.complete();
            contextCommand = contextCommand & ~COMMAND | (long) done << CAIG_SHIFT;
        }
    }

    synchronized long iotlbCommand() {
        return iotlbCommand;
    }

    synchronized void writeIotlbCommand(long value) {
        iotlbCommand = value & IOTLB_WRITABLE;
        if ((value & COMMAND) != 0) {
            int requested = (int) (value >>> IIRG_SHIFT & 0b11);
            int done = Invalidator.REFUSED;
            if (!control.queueEnabled()) {
                invalidator.drain((value & DW) != 0, (value & DR) != 0);
                done = invalidator.translations(requested, (int) (value >>> Integer.SIZE) & 0xffff, address,
                        InvalidationDescriptor.addressMask(address), InvalidationDescriptor.leavesOnly(address));
            }
            invalidator.complete();
            iotlbCommand = iotlbCommand & ~COMMAND | (long) done << IAIG_SHIFT;
        }
    }

    synchronized long address() {
        return address;
    }

    synchronized void writeAddress(long value) {
        address = value;
    }
}
