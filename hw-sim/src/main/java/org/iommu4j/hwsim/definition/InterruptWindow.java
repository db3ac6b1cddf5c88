package org.iommu4j.hwsim.definition;

/**
 * Addresses at which 32-bit writes are interrupt messages and nothing else is answered, and how a message is read.
 * <ul>
 * <li>{@link #APIC}, {@code "apic"}: 0xFEE00000 to 0xFEEFFFFF, the vector in data bits 7:0; Intel 64 and IA-32
 *     Architectures SDM volume 3, section 11.11. Destination and delivery mode are not looked at. VT-d (3.14) and
 *     AMD-Vi leave these addresses untranslated.
 * <li>{@link #ITS}, {@code "its"}: the page 0x08090000 of an Arm GIC's translation service, the vector in the data of
 *     a write to GITS_TRANSLATER at 0x40; Arm IHI 0069, 12.19. A device's write to it is translated like any other.
 * </ul>
 */
public enum InterruptWindow {
    APIC(0xfee0_0000L, 20, 0, 0xff),
    ITS(0x0809_0000L, 12, 0x40, -1);

    /** Vectors of a machine. */
    public static final int VECTORS = 256;

    private final long number;
    private final int sizeLg2;
    private final long doorbell;
    private final int vectorMask;

    InterruptWindow(long base, int sizeLg2, long doorbell, int vectorMask) {
        this.number = base >>> sizeLg2;
        this.sizeLg2 = sizeLg2;
        this.doorbell = base + doorbell;
        this.vectorMask = vectorMask;
    }

    /** That which a field names, or {@link #APIC} where it is absent. */
    static InterruptWindow read(DefinitionNode node, String field) {
        String name = node.text(field, "apic");
        return switch (name) {
            case "apic" -> APIC;
            case "its" -> ITS;
            default -> throw node.refuse(field, "is none of apic, its");
        };
    }

    public boolean contains(long address) {
        return address >>> sizeLg2 == number;
    }

    /** Where messages of this machine's own making are written. */
    public long doorbell() {
        return doorbell;
    }

    /** The vector of a message, or -1 if it is none. */
    public int vector(long address, int data) {
        int vector = data & vectorMask;
        boolean message = this == APIC ? contains(address) : address == doorbell;
        return message && vector >= 0 && vector < VECTORS ? vector : -1;
    }
}
