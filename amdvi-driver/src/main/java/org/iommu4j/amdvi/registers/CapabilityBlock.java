package org.iommu4j.amdvi.registers;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.driver.layout.Field;

/**
 * What a unit has in the configuration space of its own PCI function: its capability block (section 3.3) and the
 * message of its interrupt (PCI Local Bus 3.0, section 6.8.1).
 * <pre>
 *        31..28  27    26      25       24     23  19 18   16 15    8 7         0
 *       +-----+-----+-------+--------+--------+------+-------+-------+-----------+
 *  +00h |  -  | EFR |NpCache|HtTunnel|IotlbSup|CapRev|Type 3 | next  |  id 0Fh   |
 *       +-----+-----+-------+--------+--------+------+-------+-------+-----------+
 * </pre>
 */
public final class CapabilityBlock {
    private static final Field ID = Field.bits("CapId", 0, 7, 0);
    private static final Field NEXT = Field.bits("CapPtr", 0, 15, 8);
    private static final Field TYPE = Field.bits("CapType", 0, 18, 16);
    private static final Field NP_CACHE = Field.bit("NpCache", 0, 26);
    private static final Field EFR = Field.bit("EFRSup", 0, 27);
    private static final Field MSI_ENABLE = Field.bit("MSI enable", 0, 16);
    private static final Field MSI_WIDE = Field.bit("64-bit address", 0, 23);

    private static final int SECURE_DEVICE = 0x0F;
    private static final int IOMMU = 3;
    private static final int MSI = 0x05;
    private static final int FIRST = 0x34;
    private static final int MSI_ADDRESS = 4;
    private static final int MSI_ADDRESS_HIGH = 8;
    private static final int MSI_DATA_NARROW = 8;
    private static final int MSI_DATA_WIDE = 12;
    private static final int MOST_CAPABILITIES = 48;

    private final PciFunction function;
    private final long header;
    private final int msi;

    /**
     * @param unit name of the unit, for messages
     * @param offset of the capability block in the function's configuration space
     * @throws IommuException NO_DEVICE if there is no such block, NOT_SUPPORTED if the function sends no messages
     */
    public CapabilityBlock(String unit, PciFunction function, int offset) {
        this.function = function;
        boolean inside = offset >= 0 && offset % Integer.BYTES == 0
                && offset + Integer.BYTES <= function.configurationLength();
        this.header = inside ? read(offset) : 0;
        if (ID.of(header) != SECURE_DEVICE || TYPE.of(header) != IOMMU) {
            throw IommuException.of(Reason.NO_DEVICE, "%s: %s has no capability block of an IOMMU at offset %#x", unit,
                    function.address(), offset);
        }
        this.msi = find(MSI);
        if (msi == 0) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s: %s cannot send interrupt messages", unit,
                    function.address());
        }
    }

    /** True if the unit caches entries that are not present. */
    public boolean cachesAbsent() {
        return NP_CACHE.in(header);
    }

    /** True if there is an Extended Feature Register. */
    public boolean hasFeatures() {
        return EFR.in(header);
    }

    /** Sets the message of the unit's interrupt and lets it through. */
    public void interrupt(MsiMessage message) {
        mask();
        function.writeConfiguration(msi + MSI_ADDRESS, (int) message.address());
        if (isWide()) {
            function.writeConfiguration(msi + MSI_ADDRESS_HIGH, (int) (message.address() >>> Integer.SIZE));
        }
        function.writeConfiguration(msi + data(), message.data());
        function.writeConfiguration(msi, (int) (read(msi) | MSI_ENABLE.mask()));
    }

    /** The message as the function holds it. */
    public MsiMessage interrupt() {
        long high = isWide() ? read(msi + MSI_ADDRESS_HIGH) << Integer.SIZE : 0;
        return new MsiMessage(high | read(msi + MSI_ADDRESS), (int) read(msi + data()) & 0xffff);
    }

    /** Holds the interrupt back. */
    public void mask() {
        function.writeConfiguration(msi, (int) (read(msi) & ~MSI_ENABLE.mask()));
    }

    private boolean isWide() {
        return MSI_WIDE.in(read(msi));
    }

    private int data() {
        return isWide() ? MSI_DATA_WIDE : MSI_DATA_NARROW;
    }

    private int find(int id) {
        int at = (int) ID.of(read(FIRST)) & -Integer.BYTES;
        for (int seen = 0; at != 0 && seen < MOST_CAPABILITIES; seen++) {
            if (ID.of(read(at)) == id) {
                return at;
            }
            at = (int) NEXT.of(read(at)) & -Integer.BYTES;
        }
        return 0;
    }

    private long read(int offset) {
        return Integer.toUnsignedLong(function.readConfiguration(offset));
    }
}
