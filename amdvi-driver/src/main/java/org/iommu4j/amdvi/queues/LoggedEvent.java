package org.iommu4j.amdvi.queues;

import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * An entry of the event log, 128 bits (section 2.5). The fields below are those of events about a transaction; where an
 * event is about a command, word 1 is the command's address.
 * <pre>
 *          63   60 59 57 56 55 54 53 52 51 50 49 48 47           32 31  20 19     16 15          0
 *         +-------+-----+--+--+--+--+--+--+--+--+--+---------------+------+---------+-------------+
 * word 0  | Code  |  0  |TR|RZ|PE|RW|PR|I |US|NX|GN|PASID/DomainID |  0   |PASID_Hi |  DeviceID   |
 *         +-------+-----+--+--+--+--+--+--+--+--+--+---------------+------+---------+-------------+
 * word 1  |                                         Address                                       |
 *         +---------------------------------------------------------------------------------------+
 * </pre>
 */
public final class LoggedEvent {
    private static final Field DEVICE = Field.bits("DeviceID", 0, 15, 0);
    private static final Field PASID_HIGH = Field.bits("PASID_Hi", 0, 19, 16);
    private static final Field PASID = Field.bits("PASID", 0, 47, 32);
    private static final Field GN = Field.bit("GN", 0, 48);
    private static final Field RW = Field.bit("RW", 0, 53);
    private static final Field CODE = Field.bits("EventCode", 0, 63, 60);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("event", 2, DEVICE, PASID_HIGH, PASID, GN, Field.bit("NX", 0, 49),
            Field.bit("US", 0, 50), Field.bit("I", 0, 51), Field.bit("PR", 0, 52), RW, Field.bit("PE", 0, 54),
            Field.bit("RZ", 0, 55), Field.bit("TR", 0, 56), CODE, Field.bits("Address", 1, 63, 0));

    /** Size of an entry in bytes, as a power of two. */
    static final int BYTES_LG2 = 4;

    private static final int ILLEGAL_COMMAND = 5;
    private static final int COMMAND_HARDWARE = 6;
    private static final int PASID_LOW_BITS = 16;
    /** By event code, sections 2.5.2 to 2.5.13. */
    private static final String[] NAMES = {"reserved event", "ILLEGAL_DEV_TABLE_ENTRY", "IO_PAGE_FAULT",
        "DEV_TAB_HARDWARE_ERROR", "PAGE_TAB_HARDWARE_ERROR", "ILLEGAL_COMMAND_ERROR", "COMMAND_HARDWARE_ERROR",
        "IOTLB_INV_TIMEOUT", "INVALID_DEVICE_REQUEST", "INVALID_PPR_REQUEST", "EVENT_COUNTER_ZERO",
        "GUEST_EVENT_FAULT", "VIOMMU_HARDWARE_ERROR", "RMP_PAGE_FAULT", "RMP_HARDWARE_ERROR", "reserved event"};

    private LoggedEvent() {
    }

    /** True if hardware has written the entry. */
    static boolean isThere(long low) {
        return CODE.in(low);
    }

    /** True if the event is about a command, whose address is the upper word. */
    static boolean isOfCommand(long low) {
        long code = CODE.of(low);
        return code == ILLEGAL_COMMAND || code == COMMAND_HARDWARE;
    }

    /** With guest tables, PASID 0 is that of requests without one (GIoV, section 2.2.2.1). */
    static void report(long low, long high, FaultSink sink) {
        int code = (int) CODE.of(low);
        int pasid = GN.in(low) ? (int) (PASID_HIGH.of(low) << PASID_LOW_BITS | PASID.of(low)) : 0;
        sink.fault((int) DEVICE.of(low), pasid == 0 ? FaultSink.NO_PASID : pasid, high,
                RW.in(low) ? Protection.WRITE : Protection.READ, code, NAMES[code]);
    }
}
