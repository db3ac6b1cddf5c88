package org.iommu4j.hwsim.amdvi;

/**
 * Entries of the event log, 16 bytes. AMD 48882 section 2.5; a code and flags are kept here in their place in word 0.
 * <pre>
 *   word 0   63  60 59 57  56   55   54   53   52   51   50   49   48  47     32 31 20 19  16 15     0
 *           +------+-----+----+----+----+----+----+----+----+----+----+---------+-----+------+--------+
 *           | code |type | TR | RZ | PE | RW | PR | I  | US | NX | GN | id 15:0 |  0  |id19:16| device |
 *           +------+-----+----+----+----+----+----+----+----+----+----+---------+-----+------+--------+
 *   word 1   63                                                                                      0
 *           +------------------------------------------------------------------------------------------+
 *           |                                      address                                             |
 *           +------------------------------------------------------------------------------------------+
 *  1 ILLEGAL_DEV_TABLE_ENTRY  2.5.2  GN I RW RZ TR; id is the PASID; RZ 0: a field holds a reserved code
 *  2 IO_PAGE_FAULT            2.5.3  GN NX US I PR RW PE RZ TR; id is the PASID if GN, else the domain
 *  3 DEV_TAB_HARDWARE_ERROR   2.5.4  I RW TR, type 58:57; address of the entry
 *  4 PAGE_TAB_HARDWARE_ERROR  2.5.5  GN I RW TR, type 58:57; address of the entry
 *  5 ILLEGAL_COMMAND_ERROR    2.5.6  no device; address of the command
 *  6 COMMAND_HARDWARE_ERROR   2.5.7  no device, type 58:57; address of the failed access
 *  8 INVALID_DEVICE_REQUEST   2.5.9  GN US (bit 49) TR, type 59:57; id is the PASID
 * </pre>
 */
final class Event {
    static final int BYTES = 16;

    static final long ILLEGAL_DEVICE_ENTRY = 1L << 60;
    static final long PAGE_FAULT = 2L << 60;
    static final long DEVICE_TABLE_ERROR = 3L << 60;
    static final long PAGE_TABLE_ERROR = 4L << 60;
    static final long ILLEGAL_COMMAND = 5L << 60;
    static final long COMMAND_ERROR = 6L << 60;
    static final long INVALID_REQUEST = 8L << 60;

    static final long GN = 1L << 48;
    static final long US = 1L << 50;
    static final long I = 1L << 51;
    static final long PR = 1L << 52;
    static final long RW = 1L << 53;
    static final long PE = 1L << 54;
    static final long RZ = 1L << 55;

    /** Type of a hardware error: nobody answered at that address. */
    static final long MASTER_ABORT = 1L << 57;

    /** Types of an invalid request. */
    static final long READ_OF_INTERRUPTS = 0;
    static final long PORT_IO = 2L << 57;
    static final long SYSTEM_MANAGEMENT = 3L << 57;
    static final long RESERVED_INTERRUPTS = 5L << 57;

    private static final long CODE = 0xfL << 60;
    private static final int ID_SHIFT = 32;
    private static final int ID_LOW = 0xffff;
    private static final int ID_HIGH = 0xf_0000;

    private Event() {
    }

    static boolean isPageFault(long word0) {
        return (word0 & CODE) == PAGE_FAULT;
    }

    /** True if the event's code has a bit that says whether the request was a write. */
    static boolean tellsWrites(long word0) {
        return (word0 & CODE) != INVALID_REQUEST;
    }

    /** Its address as logged: the two lowest bits of an illegal entry's are reserved. */
    static long address(long word0, long address) {
        return (word0 & CODE) == ILLEGAL_DEVICE_ENTRY ? address & ~0b11L : address;
    }

    /** True if the unit itself found nobody to answer. */
    static boolean isHardwareError(long word0) {
        long code = word0 & CODE;
        return code == DEVICE_TABLE_ERROR || code == PAGE_TABLE_ERROR || code == COMMAND_ERROR;
    }

    /** True if an event without GN has a domain id in place of a PASID. */
    static boolean tellsDomain(long word0) {
        long code = word0 & CODE;
        return code == PAGE_FAULT || code == PAGE_TABLE_ERROR;
    }

    /** Word 0 of an event of a device. @param id domain or PASID, 0 to 2^20-1 */
    static long word0(long event, int device, int id) {
        return event | (long) (id & ID_LOW) << ID_SHIFT | id & ID_HIGH | device;
    }
}
