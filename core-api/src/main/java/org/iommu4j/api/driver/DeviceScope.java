package org.iommu4j.api.driver;

import java.util.List;
import org.iommu4j.api.PciAddress;

/**
 * A set of requesters, as firmware tables of all vendors can name one. Core resolves it against the machine's PCI
 * topology. From narrow to wide: {@link Kind#FUNCTION}, {@link Kind#HIERARCHY}, {@link Kind#ALIAS}, {@link Kind#RANGE},
 * {@link Kind#SEGMENT}.
 *
 * @param start for a path: the segment and bus it starts at, device and function 0; for a range: its first requester
 * @param path device and function of each hop, {@code device << 3 | function}; more than one where bridges lie between
 * @param lastRid for a range or an alias: its last requester id; else the start's
 * @param idBase for a range: the id that the unit sees in place of the range's first requester id; for an alias: the id
 * that requests of any of them may come with; merged: the id that they all come with
 */
public record DeviceScope(Kind kind, PciAddress start, List<Integer> path, int lastRid, int idBase) {
    /** How the set is named. */
    public enum Kind {
        /** One function. */
        FUNCTION,
        /** A bridge and everything below it. */
        HIERARCHY,
        /** Consecutive requester ids whose requests may come with one id, the same for all, in place of their own. */
        ALIAS,
        /** Consecutive requester ids that the unit sees as one id, the same for all. */
        MERGED,
        /** Consecutive requester ids. */
        RANGE,
        /** All of a segment that no other unit names. */
        SEGMENT
    }

    public DeviceScope {
        path = List.copyOf(path);
    }

    /** The function that a path leads to. */
    public static DeviceScope function(int segment, int bus, List<Integer> path) {
        return ofPath(Kind.FUNCTION, segment, bus, path);
    }

    /** The bridge that a path leads to, with everything below it. */
    public static DeviceScope hierarchy(int segment, int bus, List<Integer> path) {
        return ofPath(Kind.HIERARCHY, segment, bus, path);
    }

    /** Requester ids first to last of a segment, which the unit sees as ids from {@code idBase} on. */
    public static DeviceScope range(int segment, int firstRid, int lastRid, int idBase) {
        return new DeviceScope(Kind.RANGE, new PciAddress(segment, firstRid), List.of(), lastRid, idBase);
    }

    /** Requester ids first to last of a segment, whose requests the unit may see with the id {@code alias}, too. */
    public static DeviceScope alias(int segment, int firstRid, int lastRid, int alias) {
        return new DeviceScope(Kind.ALIAS, new PciAddress(segment, firstRid), List.of(), lastRid, alias);
    }

    /** Requester ids first to last of a segment, all of which the unit sees as {@code id}. */
    public static DeviceScope merged(int segment, int firstRid, int lastRid, int id) {
        return new DeviceScope(Kind.MERGED, new PciAddress(segment, firstRid), List.of(), lastRid, id);
    }

    /** Everything in a segment. */
    public static DeviceScope segment(int segment) {
        return new DeviceScope(Kind.SEGMENT, new PciAddress(segment, 0), List.of(), (1 << 16) - 1, 0);
    }

    private static DeviceScope ofPath(Kind kind, int segment, int bus, List<Integer> path) {
        PciAddress start = PciAddress.of(segment, bus, 0, 0);
        return new DeviceScope(kind, start, path, start.rid(), start.rid());
    }
}
