package org.iommu4j.mm.area;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Disjoint areas by address; neighbours that allow the same are one. Ranges have an inclusive last address, and none is
 * negative. One thread at a time; a call that throws changes nothing.
 */
public final class Areas {
    /** Most areas of a process, as Linux's default. */
    public static final int MOST = 65_530;

    private final TreeMap<Long, Area> byFirst;

    public Areas() {
        byFirst = new TreeMap<>();
    }

    private Areas(TreeMap<Long, Area> byFirst) {
        this.byFirst = byFirst;
    }

    public Areas copy() {
        return new Areas(new TreeMap<>(byFirst));
    }

    /** Sorted. */
    public List<Area> list() {
        return List.copyOf(byFirst.values());
    }

    /** Bytes of all areas. */
    public long length() {
        long length = 0;
        for (Area area : byFirst.values()) {
            length += area.last() - area.first() + 1;
        }
        return length;
    }

    /** The area of an address, or null. */
    public Area find(long address) {
        Map.Entry<Long, Area> below = byFirst.floorEntry(address);
        return below != null && below.getValue().contains(address) ? below.getValue() : null;
    }

    /** True if every address of a range lies in an area that allows an access. */
    public boolean allow(long first, long last, int access) {
        long at = first;
        while (at <= last) {
            Area area = find(at);
            if (area == null || (access & ~area.access()) != 0) {
                return false;
            }
            at = area.last() + 1;
        }
        return true;
    }

    /** @throws IommuException EXISTS, NO_MEMORY (too many) */
    public void add(long first, long last, int access) {
        Map.Entry<Long, Area> below = byFirst.floorEntry(last);
        if (below != null && below.getValue().last() >= first) {
            throw IommuException.of(Reason.EXISTS, "%#x to %#x: %#x to %#x is mapped already", first, last,
                    below.getValue().first(), below.getValue().last());
        }
        checkRoom(1);
        put(new Area(first, last, access));
    }

    /** Takes a range away, whatever is in it. @throws IommuException NO_MEMORY (too many) */
    public void remove(long first, long last) {
        checkRoom(1);
        cut(first, last);
    }

    /** @throws IommuException BAD_ADDRESS (a hole), NO_MEMORY (too many) */
    public void protect(long first, long last, int access) {
        if (!allow(first, last, 0)) {
            throw IommuException.of(Reason.BAD_ADDRESS, "%#x to %#x is not all mapped", first, last);
        }
        checkRoom(2);
        cut(first, last);
        put(new Area(first, last, access));
    }

    /**
     * The highest gap of a length.
     *
     * @param lowest least address that may be given
     * @param highest last address that may be used
     * @return its first address, or -1 if there is none
     */
    public long highestGap(long length, long lowest, long highest) {
        long end = highest + 1;
        for (Area area : byFirst.headMap(end, false).descendingMap().values()) {
            if (area.last() < end - length && end - length >= lowest) {
                return end - length;
            }
            end = Math.min(end, area.first());
        }
        return end - length >= lowest ? end - length : -1;
    }

    /** The last address below one that lies in an area, or -1. */
    public long lastBelow(long address) {
        Map.Entry<Long, Area> below = byFirst.lowerEntry(address);
        return below == null ? -1 : below.getValue().last();
    }

    /** The first address above one that begins an area, or -1. */
    public long firstAbove(long address) {
        Long above = byFirst.higherKey(address);
        return above == null ? -1 : above;
    }

    private void checkRoom(int more) {
        if (byFirst.size() + more > MOST) {
            throw IommuException.of(Reason.NO_MEMORY, "%d areas, the limit is %d", byFirst.size(), MOST);
        }
    }

    private void cut(long first, long last) {
        List<Area> met = new ArrayList<>();
        Area before = find(first);
        met.addAll(byFirst.subMap(first, true, last, true).values());
        if (before != null && before.first() < first) {
            met.add(before);
        }
        for (Area area : met) {
            byFirst.remove(area.first());
            if (area.first() < first) {
                byFirst.put(area.first(), area.within(0, first - 1));
            }
            if (area.last() > last) {
                byFirst.put(last + 1, area.within(last + 1, area.last()));
            }
        }
    }

    /** Into a gap; joins neighbours that allow the same. */
    private void put(Area area) {
        Area joined = area;
        Map.Entry<Long, Area> below = byFirst.lowerEntry(area.first());
        if (below != null && below.getValue().last() == area.first() - 1
                && below.getValue().access() == area.access()) {
            joined = new Area(below.getValue().first(), joined.last(), area.access());
        }
        Area above = byFirst.get(area.last() + 1);
        if (above != null && above.access() == area.access()) {
            byFirst.remove(above.first());
            joined = new Area(joined.first(), above.last(), area.access());
        }
        byFirst.put(joined.first(), joined);
    }
}
