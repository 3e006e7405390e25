package org.efficientzoo.training.sample;

import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Outlines about the origin that reach about 1 to every side. */
enum Shape {
    DISC {
        @Override
        Area outline() {
            return new Area(new Ellipse2D.Double(-0.95, -0.95, 1.9, 1.9));
        }
    },
    SQUARE {
        @Override
        Area outline() {
            return new Area(new Rectangle2D.Double(-0.85, -0.85, 1.7, 1.7));
        }
    },
    TRIANGLE {
        @Override
        Area outline() {
            return star(3, 0.55);
        }
    },
    STAR {
        @Override
        Area outline() {
            return star(5, 0.42);
        }
    },
    RING {
        @Override
        Area outline() {
            Area ring = DISC.outline();
            ring.subtract(new Area(new Ellipse2D.Double(-0.55, -0.55, 1.1, 1.1)));
            return ring;
        }
    },
    CROSS {
        @Override
        Area outline() {
            Area cross = new Area(new Rectangle2D.Double(-1, -0.33, 2, 0.66));
            cross.add(new Area(new Rectangle2D.Double(-0.33, -1, 0.66, 2)));
            return cross;
        }
    };

    abstract Area outline();

    /** Points at distance 1.1 and, between them, at the inner distance. */
    private static Area star(int points, double inner) {
        var path = new Path2D.Double();
        for (int i = 0; i < 2 * points; i++) {
            double angle = StrictMath.PI * i / points - StrictMath.PI / 2;
            double distance = i % 2 == 0 ? 1.1 : inner;
            double x = distance * StrictMath.cos(angle);
            double y = distance * StrictMath.sin(angle);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return new Area(path);
    }
}
