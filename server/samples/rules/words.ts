/** What a print farm in Germany would have in its books. Prices are in cents. */

export const FIRST_NAMES = [
  "Anna",
  "Ben",
  "Clara",
  "David",
  "Elif",
  "Felix",
  "Greta",
  "Hannes",
  "Ines",
  "Jonas",
  "Katja",
  "Levi",
  "Mira",
  "Noah",
  "Petra",
  "Rafael",
  "Sofia",
  "Timo",
  "Ute",
  "Yusuf",
] as const;

export const LAST_NAMES = [
  "Albrecht",
  "Bauer",
  "Conrad",
  "Demir",
  "Engel",
  "Fischer",
  "Groß",
  "Hartmann",
  "Ivanov",
  "Jansen",
  "Keller",
  "Lorenz",
  "Möller",
  "Neumann",
  "Ott",
  "Peters",
  "Richter",
  "Schuster",
  "Thiel",
  "Ulrich",
  "Vogt",
  "Weiss",
  "Yildiz",
  "Zimmer",
] as const;

export const COMPANIES = [
  "Modellbau",
  "Robotics GmbH",
  "Drones",
  "Cosplay Studio",
  "Architekten",
  "Makerspace e.V.",
  "Medical",
  "Board Games",
  "Instrumentenbau",
  "Engineering",
  "Prototyping AG",
  "Toys",
  "Lighting",
  "School of Design",
] as const;

export const STREETS = [
  "Hauptstraße",
  "Lindenweg",
  "Am Bahnhof",
  "Werkstraße",
  "Gartenstraße",
  "Industriestraße",
  "Mühlenweg",
  "Schulstraße",
  "Ringstraße",
  "Hafenstraße",
] as const;

export const TOWNS = [
  ["Berlin", "10115"],
  ["Hamburg", "20095"],
  ["München", "80331"],
  ["Köln", "50667"],
  ["Leipzig", "04109"],
  ["Dresden", "01067"],
  ["Freiburg", "79098"],
  ["Bremen", "28195"],
  ["Nürnberg", "90402"],
  ["Aachen", "52062"],
] as const;

export const NOTES = [
  "Calls before delivery.",
  "Wants matte surfaces.",
  "Invoice to the head office.",
  "Regular since the first year.",
  "Samples first, please.",
  "Fragile: pack well.",
  "Same settings as last time.",
  "Pick-up, no shipping.",
] as const;

export const COLOURS = ["black", "white", "grey", "red", "blue", "green", "orange", "natural"] as const;

export const MATERIALS = [
  ["PLA", 2490],
  ["PETG", 2790],
  ["ABS", 2990],
  ["ASA", 3290],
  ["TPU", 3990],
  ["PA12", 6900],
  ["PC", 5900],
] as const;

export const PARTS = [
  ["Camera mount", 1490],
  ["Cable clip set", 390],
  ["Drone landing gear", 2290],
  ["Gear wheel 40 T", 890],
  ["Miniature terrain tile", 650],
  ["Enclosure for a small board", 1190],
  ['Lamp shade "Wave"', 3490],
  ["Helmet shell, large", 12900],
  ["Phone stand", 990],
  ["Drill template", 1590],
  ["Hinge, heavy", 720],
  ["Fan duct", 840],
  ["Planter, hexagonal", 1390],
  ["Tool holder, wall", 1150],
  ["Architectural model 1:200", 24900],
  ["Keyboard case", 4590],
  ["Bearing block 608", 560],
] as const;

export const HARDWARE = [
  ["Heat-set insert M3", 12],
  ["Heat-set insert M4", 16],
  ["Screw M3 x 8", 6],
  ["Screw M3 x 16", 7],
  ["Screw M4 x 20", 11],
  ["Nut M3", 4],
  ["Bearing 608-2RS", 145],
  ["Magnet 6 x 3 mm", 28],
  ["LED strip, warm white", 690],
  ["Rubber foot", 18],
  ["Cable tie", 5],
  ["Silicone tube 4 mm", 210],
  ["Steel rod 8 mm", 480],
  ["Belt GT2, 1 m", 320],
] as const;
