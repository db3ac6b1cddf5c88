package org.iommu4j.core.topology;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.DeviceScope.Kind;

/** Resolves what firmware names against the functions that exist. */
final class Scopes {
    private final Hierarchy hierarchy;
    private final Consumer<String> warnings;

    Scopes(Hierarchy hierarchy, Consumer<String> warnings) {
        this.hierarchy = hierarchy;
        this.warnings = warnings;
    }

    /**
     * The requester ids that a scope stands for.
     *
     * @param own the function or bridge named, in addition to the range; -1 for none
     * @param first of the range; above {@code last} if it is empty
     * @param idBase what the unit sees in place of {@code first}; of an alias, the id that it may see for all of them
     */
    record Claim(Kind kind, int segment, int own, int first, int last, int idBase) {
        /** The narrower, the less: by kind, then by the number of ids. */
        static final Comparator<Claim> WIDTH =
                Comparator.comparing(Claim::kind).thenComparingInt(claim -> claim.last - claim.first);

        boolean contains(int segment, int rid) {
            return segment == this.segment && (rid == own || first <= rid && rid <= last);
        }

        boolean isAliased(int segment, int rid) {
            return (kind == Kind.ALIAS || kind == Kind.MERGED) && contains(segment, rid);
        }

        /** The requester id that stands for all of an alias: the alias, or the first of those that are merged. */
        int shared() {
            return kind == Kind.MERGED ? first : idBase;
        }

        int unitId(int rid) {
            return switch (kind) {
                case RANGE -> idBase + rid - first;
                case MERGED -> idBase;
                default -> rid;
            };
        }
    }

    /**
     * Resolves one scope; warns and gives nothing if it leads nowhere.
     *
     * @param owner who names it, for the warning
     */
    Optional<Claim> resolve(String owner, DeviceScope scope) {
        PciAddress start = scope.start();
        return switch (scope.kind()) {
            case FUNCTION -> follow(owner, scope).map(found -> new Claim(Kind.FUNCTION, start.segment(),
                    found.address().rid(), found.address().rid(), found.address().rid(), found.address().rid()));
            case HIERARCHY -> follow(owner, scope).map(Scopes::hierarchy);
            case ALIAS, MERGED, RANGE, SEGMENT -> Optional.of(new Claim(scope.kind(), start.segment(), -1, start.rid(),
                    scope.lastRid(), scope.idBase()));
        };
    }

    private static Claim hierarchy(Function bridge) {
        int first = bridge.secondary() << 8;
        // A bridge that is not set up leads to no bus at all.
        int last = bridge.secondary() == 0 ? -1 : bridge.subordinate() << 8 | 0xFF;
        return new Claim(Kind.HIERARCHY, bridge.address().segment(), bridge.address().rid(), first, last, first);
    }

    private Optional<Function> follow(String owner, DeviceScope scope) {
        int bus = scope.start().bus();
        Optional<Function> found = Optional.empty();
        for (int hop : scope.path()) {
            if (found.isPresent()) {
                bus = found.get().secondary();
                if (bus == 0) {
                    return lost(owner, scope, found.get().address() + " is no bridge that leads to a bus");
                }
            }
            PciAddress next = PciAddress.of(scope.start().segment(), bus, hop >> 3, hop & 7);
            found = hierarchy.at(next);
            if (found.isEmpty()) {
                return lost(owner, scope, "there is no function at " + next);
            }
        }
        return found.isPresent() ? found : lost(owner, scope, "its path is empty");
    }

    private Optional<Function> lost(String owner, DeviceScope scope, String why) {
        StringBuilder path = new StringBuilder();
        scope.path().forEach(hop -> path.append(String.format(" %02x.%d", hop >> 3, hop & 7)));
        warnings.accept(String.format("%s names path%s from bus %04x:%02x, which leads nowhere: %s", owner, path,
                scope.start().segment(), scope.start().bus(), why));
        return Optional.empty();
    }
}
