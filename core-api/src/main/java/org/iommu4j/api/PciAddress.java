package org.iommu4j.api;

/**
 * Where a PCI function sits, written {@code ssss:bb:dd.f}.
 *
 * @param segment PCI segment (domain), 0 to 2^24-1
 * @param rid requester id, 0 to 65535:
 * <pre>
 *  15          8 7        3 2      0
 * +-------------+----------+--------+
 * |     bus     |  device  |function|
 * +-------------+----------+--------+
 * </pre>
 */
public record PciAddress(int segment, int rid) implements Comparable<PciAddress> {
    private static final int MAX_SEGMENT = (1 << 24) - 1;
    private static final int MAX_RID = (1 << 16) - 1;

    public PciAddress {
        if (segment < 0 || segment > MAX_SEGMENT || rid < 0 || rid > MAX_RID) {
            throw IommuException.of(Reason.INCOMPATIBLE, "segment %d, rid %d: limits are %d and %d",
                    segment, rid, MAX_SEGMENT, MAX_RID);
        }
    }

    /** The function at bus (0-255), device (0-31), function (0-7) of a segment. */
    public static PciAddress of(int segment, int bus, int device, int function) {
        if ((bus & ~255) != 0 || (device & ~31) != 0 || (function & ~7) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d:%d.%d is no PCI bus:device.function", bus, device,
                    function);
        }
        return new PciAddress(segment, bus << 8 | device << 3 | function);
    }

    /** Reads {@code ssss:bb:dd.f} or {@code bb:dd.f}, all in hexadecimal digits. */
    public static PciAddress parse(String text) {
        String[] parts = text.trim().split("[:.]", -1);
        try {
            int first = parts.length - 3;
            if (first == 0 || first == 1) {
                int segment = first == 1 ? Integer.parseInt(parts[0], 16) : 0;
                return of(segment, Integer.parseInt(parts[first], 16), Integer.parseInt(parts[first + 1], 16),
                        Integer.parseInt(parts[first + 2], 16));
            }
        } catch (NumberFormatException e) {
            throw new IommuException(Reason.INCOMPATIBLE, "'" + text + "' is no PCI address (ssss:bb:dd.f)", e);
        }
        throw new IommuException(Reason.INCOMPATIBLE, "'" + text + "' is no PCI address (ssss:bb:dd.f)");
    }

    public int bus() {
        return rid >>> 8;
    }

    public int device() {
        return rid >>> 3 & 31;
    }

    public int function() {
        return rid & 7;
    }

    @Override
    public int compareTo(PciAddress other) {
        int bySegment = Integer.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Integer.compare(rid, other.rid);
    }

    @Override
    public String toString() {
        return String.format("%04x:%02x:%02x.%d", segment, bus(), device(), function());
    }
}
